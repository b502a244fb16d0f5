import type { PatchFiles } from '@codex/apply-patch';
import type { ContentItem, ResponseItem, UserInput } from '@codex/protocol';
import { readImage } from './images.ts';

/** The most characters all texts of one input may have together (app-server specification §9.3). */
export const MAX_INPUT_CHARS = 1 << 20;

/** What a user's input looks like to the model (core specification §7.7). Skills and mentions have no part of their own. */
export async function userMessage(input: readonly UserInput[], files: PatchFiles): Promise<ResponseItem> {
  const content: ContentItem[] = [];
  let images = 0;
  for (const item of input) {
    switch (item.type) {
      case 'text':
        content.push({ type: 'input_text', text: item.text });
        break;
      case 'image':
        images += 1;
        content.push(
          { type: 'input_text', text: '<image>' },
          { type: 'input_image', image_url: item.url },
          { type: 'input_text', text: '</image>' },
        );
        break;
      case 'localImage': {
        images += 1;
        const image = await readImage(item.path, files);
        if (image.ok) {
          content.push(
            { type: 'input_text', text: `<image name=[Image #${images}]>` },
            { type: 'input_image', image_url: image.dataUrl },
            { type: 'input_text', text: '</image>' },
          );
        } else content.push({ type: 'input_text', text: image.error });
        break;
      }
      case 'skill':
      case 'mention':
        break;
    }
  }
  return { type: 'message', role: 'user', content };
}
