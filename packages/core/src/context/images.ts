import path from 'node:path';
import { osErrorText, type PatchFiles } from '@codex/apply-patch';
import { imageType } from './image-size.ts';
import { shrinkImage } from './shrink-image.ts';

/** Larger files are refused. */
const MAX_MEGABYTES = 20;
const MAX_BYTES = MAX_MEGABYTES * 1024 * 1024;

export type ImageResult = { ok: true; dataUrl: string } | { ok: false; error: string };

/**
 * Reads an image file as a data URL, no larger than models look at unless `original`. The type is told by its first
 * bytes, not by its name.
 */
export async function readImage(file: string, files: PatchFiles, original = false): Promise<ImageResult> {
  const failed = (reason: string): ImageResult => ({
    ok: false,
    error: `Codex could not read the local image at \`${file}\`: ${reason}`,
  });
  let bytes: Buffer;
  try {
    const info = await files.stat(file);
    if (info?.kind === 'other') return failed('it is not a file');
    if (info && info.size > MAX_BYTES) {
      const megabytes = Math.ceil(info.size / 1024 / 1024);
      return failed(`it has ${megabytes} MB and images of at most ${MAX_MEGABYTES} MB can be sent; make it smaller`);
    }
    bytes = Buffer.from(await files.read(file, MAX_BYTES));
  } catch (error) {
    return failed(`failed to read image at ${file}: ${osErrorText(error)}`);
  }
  const type = imageType(bytes);
  if (!type) {
    const guess = TYPES_BY_NAME[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
    return failed(`unsupported MIME type \`${guess}\``);
  }
  const image = original ? { bytes, type } : await shrinkImage({ bytes, type });
  return { ok: true, dataUrl: `data:${image.type};base64,${image.bytes.toString('base64')}` };
}

const TYPES_BY_NAME: Record<string, string> = {
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.json': 'application/json',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
};
