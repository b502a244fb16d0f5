import path from 'node:path';
import { readImage } from '../context/images.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { functionSpec, type SpecContext, text, type Tool } from './tool.ts';

const PARAMS = {
  path: { type: 'string', description: 'Path of the image file.', required: true },
} as const satisfies Params;

const DETAIL_PARAMS = {
  ...PARAMS,
  detail: { type: 'string', description: '"original" to get the image in full size; leave it out otherwise.' },
} as const satisfies Params;

/** The user wants it, and the model can look at images in full size. */
function offersDetail({ config, model }: Pick<SpecContext, 'config' | 'model'>): boolean {
  return config.features.image_detail_original && model.supportsImageDetailOriginal;
}

/** `view_image`: puts a local image before the model (core specification §11.4). */
export const viewImageTool: Tool = {
  names: ['view_image'],
  parallel: true,
  spec: (context) =>
    functionSpec(
      'view_image',
      'Loads an image file of this machine so that you can see it. Use it when the user names an image by its path and has not attached it.',
      parametersSchema(offersDetail(context) ? DETAIL_PARAMS : PARAMS),
    ),
  async run(call, context) {
    const { scope, settings, model, session } = context;
    const args = decodeArgs(call.input, DETAIL_PARAMS);
    if (!args.ok) return text(args.error);
    const { detail } = args.value;
    if (detail !== undefined && detail !== 'original') {
      return text(
        `view_image.detail only knows \`original\`, not \`${detail}\`; leave it out to see the image in normal size`,
      );
    }
    const original = detail === 'original' && offersDetail(context);
    if (!model.inputModalities.includes('image')) {
      return text('view_image is not available: the model in use takes no image input');
    }
    const file = path.resolve(settings.cwd, args.value.path);
    const info = await session.files.stat(file);
    if (!info) return text(`unable to locate image at \`${file}\`: No such file or directory (os error 2)`);
    if (info.kind !== 'file') return text(`image path \`${file}\` is not a file`);
    const image = await readImage(file, session.files, original);
    if (!image.ok) return text(image.error);
    scope.add({ type: 'imageView', id: call.callId, path: file });
    return {
      output: [{ type: 'input_image', image_url: image.dataUrl, ...(original ? { detail: 'original' as const } : {}) }],
    };
  },
};
