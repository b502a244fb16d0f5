import { imageSize, type ImageType } from './image-size.ts';

/** What models look at anyway; larger images only cost more (core specification §7.7). */
const BOX = { width: 2048, height: 768 };

export interface SizedImage {
  bytes: Buffer;
  type: ImageType;
}

/**
 * The image, made to fit into 2048×768 pixels if it is larger; the first picture of one that moves. It stays as it is
 * where the library for that is not installed or cannot read it.
 */
export async function shrinkImage(image: SizedImage): Promise<SizedImage> {
  const size = imageSize(image.bytes, image.type);
  const moves = image.type === 'image/gif';
  if (!size || (!moves && size.width <= BOX.width && size.height <= BOX.height)) return image;
  try {
    const { default: sharp } = await import('sharp');
    const fitting = sharp(image.bytes)
      .autoOrient()
      .resize({ ...BOX, fit: 'inside', withoutEnlargement: true });
    const bytes = await (moves ? fitting.png() : fitting).toBuffer();
    return { bytes, type: moves ? 'image/png' : image.type };
  } catch {
    return image;
  }
}
