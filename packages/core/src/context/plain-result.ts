import { isObject, parseJson } from '@codex/base';

/** A command's result that was recorded as JSON, in the form of text (core specification §11.2); others as they are. */
export function plainResult(recorded: string): string {
  if (!recorded.startsWith('{')) return recorded;
  const parsed = parseJson(recorded);
  if (!parsed.ok || !isObject(parsed.value)) return recorded;
  const { output, metadata } = parsed.value;
  if (typeof output !== 'string' || !isObject(metadata)) return recorded;
  const { exit_code: code, duration_seconds: seconds } = metadata;
  if (typeof code !== 'number' || typeof seconds !== 'number') return recorded;
  return `Exit code: ${code}\nWall time: ${seconds} seconds\nOutput:\n${output}`;
}
