import { text, type SpecContext, type Tool } from './tool.ts';

/** `web_search` is run by the model's provider; here it is only offered (core specification §10.4). */
export const webSearchTool: Tool = {
  names: ['web_search'],
  parallel: true,
  spec(context) {
    const mode = webSearchMode(context);
    if (mode === 'disabled') return null;
    const { options } = context.config.webSearch;
    return {
      type: 'web_search',
      external_web_access: mode === 'live',
      ...(options?.allowed_domains ? { filters: { allowed_domains: options.allowed_domains } } : {}),
      ...(options?.location ? { user_location: { type: 'approximate', ...options.location } } : {}),
      ...(options?.context_size ? { search_context_size: options.context_size } : {}),
      ...(context.model.webSearchToolType === 'text_and_image' ? { search_content_types: ['text', 'image'] } : {}),
    };
  },
  run: (call) => Promise.resolve(text(`unsupported call: ${call.name}`)),
};

/** Without a sandbox a cached search protects nothing, so it becomes a live one unless it was chosen. */
function webSearchMode({ config, settings }: SpecContext): 'disabled' | 'cached' | 'live' {
  const { mode, explicit } = config.webSearch;
  return mode === 'cached' && !explicit && settings.sandboxPolicy.type === 'dangerFullAccess' ? 'live' : mode;
}
