import path from 'node:path';
import { osErrorText, type PatchFiles } from '@codex/apply-patch';

/** Larger files are refused: images are sent as they are, and no provider takes such a one. */
const MAX_MEGABYTES = 20;
const MAX_BYTES = MAX_MEGABYTES * 1024 * 1024;

export type ImageResult = { ok: true; dataUrl: string } | { ok: false; error: string };

/** Reads an image file as a data URL; the type is told by its first bytes, not by its name. */
export async function readImage(file: string, files: PatchFiles): Promise<ImageResult> {
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
  const mime = imageType(bytes);
  if (!mime) {
    const guess = TYPES_BY_NAME[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
    return failed(`unsupported MIME type \`${guess}\``);
  }
  return { ok: true, dataUrl: `data:${mime};base64,${bytes.toString('base64')}` };
}

const TYPES_BY_NAME: Record<string, string> = {
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.json': 'application/json',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
};

function imageType(bytes: Buffer): string | null {
  const starts = (...head: number[]) => head.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x47, 0x49, 0x46, 0x38)) return 'image/gif';
  if (starts(0x52, 0x49, 0x46, 0x46) && bytes.subarray(8, 12).toString('latin1') === 'WEBP') return 'image/webp';
  return null;
}
