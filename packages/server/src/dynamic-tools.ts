import { CodexError, isObject } from '@codex/base';
import type { DynamicToolSpec } from '@codex/protocol';

/** Throws for tools of a client that the model could not be told about (§15.3). */
export function checkDynamicTools(tools: readonly DynamicToolSpec[]): void {
  const seen = new Set<string>();
  for (const { name, inputSchema } of tools) {
    if (name.trim() === '') refuse('dynamic tool name must not be empty');
    if (name.trim() !== name) refuse(`dynamic tool name has leading/trailing whitespace: ${name}`);
    if (name === 'mcp' || name.startsWith('mcp__')) refuse(`dynamic tool name is reserved: ${name}`);
    if (seen.has(name)) refuse(`duplicate dynamic tool name: ${name}`);
    seen.add(name);
    const trouble = schemaTrouble(inputSchema);
    if (trouble) refuse(`dynamic tool input schema is not supported for ${name}: ${trouble}`);
  }
}

function schemaTrouble(schema: unknown): string | null {
  if (!isObject(schema)) return 'it must be a JSON object';
  const { type, properties, required } = schema;
  if (type !== undefined && type !== 'object') return '`type` must be "object"';
  if (properties !== undefined && !isObject(properties)) return '`properties` must be an object';
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    return '`required` must be a list of names';
  }
  return null;
}

function refuse(message: string): never {
  throw new CodexError('invalidRequest', message);
}
