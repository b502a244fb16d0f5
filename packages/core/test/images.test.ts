import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { call, outputOf, say } from '@codex/mock-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageSize, imageType } from '../src/context/image-size.ts';
import { shrinkImage } from '../src/context/shrink-image.ts';
import { rig } from './harness.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

/** A black picture. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 0], 8);
  const rows = deflateSync(Buffer.alloc((width + 1) * height));
  const parts = [chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]), ...parts]);
}

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const HEADERS = {
  jpeg: bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1], [0xff, 0xff, 0xc2, 0, 17, 8, 3, 0xe8, 7, 0xd0, 3, 0, 0, 0, 0]),
  extended: bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], [0xcf, 7, 0], [0xe7, 3, 0]),
  lossless: bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [9, 0, 0, 0, 0x2f], [0xcf, 0xc7, 0xf9, 0]),
  lossy: bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', [9, 0, 0, 0], [0, 0, 0, 0x9d, 1, 0x2a], [0xd0, 7], [0xe8, 3]),
};

describe('the size of an image', () => {
  it.each([
    ['image/png', png(2000, 1000)],
    ['image/jpeg', HEADERS.jpeg],
    ['image/webp', HEADERS.extended],
    ['image/webp', HEADERS.lossless],
    ['image/webp', HEADERS.lossy],
  ])('stands in its header: %s', (type, image) => {
    expect(imageType(image)).toBe(type);
    expect(imageSize(image, type as 'image/png')).toEqual({ width: 2000, height: 1000 });
  });

  it('is unknown where the header is cut or nonsense', () => {
    const heads = fc.constantFrom(png(1, 1), GIF, ...Object.values(HEADERS)).map((image) => image.subarray(0, 12));
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 40 }), (head, rest) => {
        const image = Buffer.concat([head, rest]);
        const type = imageType(image);
        if (type) imageSize(image, type);
      }),
    );
    expect(imageSize(png(5, 5).subarray(0, 20), 'image/png')).toBeNull();
    expect(imageSize(bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4]), 'image/jpeg')).toBeNull();
  });
});

describe('an image for the model', () => {
  it('is made smaller where it is larger than models look at', async () => {
    const small = { bytes: png(2048, 768), type: 'image/png' } as const;
    expect(await shrinkImage(small)).toBe(small);
    const large = await shrinkImage({ bytes: png(3000, 2000), type: 'image/png' });
    expect(imageSize(large.bytes, large.type)).toEqual({ width: 1152, height: 768 });
    const still = await shrinkImage({ bytes: GIF, type: 'image/gif' });
    expect([still.type, imageSize(still.bytes, still.type)]).toEqual(['image/png', { width: 1, height: 1 }]);
    const broken = { bytes: png(3000, 2000).subarray(0, 60), type: 'image/png' } as const;
    expect(await shrinkImage(broken)).toBe(broken);
  });

  it('comes in full size where the user lets the model ask for that', async () => {
    const { model, start, cwd } = await rig([
      call('view_image', { path: 'a.png', detail: 'original' }),
      call('view_image', { path: 'a.png', detail: 'low' }, 'call-2'),
      say('ok'),
      call('view_image', { path: 'a.png', detail: 'original' }, 'call-3'),
      say('ok'),
    ]);
    const image = png(3000, 20);
    await writeFile(path.join(cwd, 'a.png'), image);
    const feature = { model: 'gpt-5.4', 'features.image_detail_original': true };
    await (await start(feature)).turn('look');
    expect(outputOf(model.calls[1]!, 'call-1')).toEqual([
      { type: 'input_image', image_url: `data:image/png;base64,${image.toString('base64')}`, detail: 'original' },
    ]);
    expect(outputOf(model.calls[2]!, 'call-2')).toContain('only knows `original`');
    expect(offered(model.calls[0]!)).toEqual(['path', 'detail']);
    await (await start({ model: 'gpt-5.4' })).turn('look');
    const last = model.calls.at(-1)!;
    expect(offered(last)).toEqual(['path']);
    const [part] = outputOf(last, 'call-3') as unknown as { image_url: string; detail?: string }[];
    expect(part?.detail).toBeUndefined();
    const sent = Buffer.from(part?.image_url.split(',')[1] ?? '', 'base64');
    expect(imageSize(sent, 'image/png')).toMatchObject({ width: 2048 });
  });
});

function offered(request: { body: Record<string, unknown> }): string[] {
  const tools = request.body['tools'] as { name?: string; parameters: { properties: object } }[];
  return Object.keys(tools.find(({ name }) => name === 'view_image')?.parameters.properties ?? {});
}
