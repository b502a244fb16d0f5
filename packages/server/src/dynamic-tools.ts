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

const TYPES: readonly string[] = ['boolean', 'string', 'number', 'integer', 'array', 'object', 'null'];
/** Members of a schema that are schemas, lists of them, or named ones. */
const NESTED = ['items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;

/** Providers take the arguments of a function as an object. */
function schemaTrouble(schema: unknown): string | null {
  if (!isObject(schema)) return 'it must be a JSON object';
  const { type, required } = schema;
  if (type !== undefined && type !== 'object' && !(Array.isArray(type) && type.includes('object'))) {
    return '`type` must be "object"';
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    return '`required` must be a list of names';
  }
  return typeTrouble(schema);
}

/** A type that is none, anywhere in the schema. */
function typeTrouble(schema: unknown): string | null {
  if (Array.isArray(schema)) return firstTrouble(schema);
  if (!isObject(schema)) return null;
  const { type, properties } = schema;
  if (properties !== undefined && !isObject(properties)) return '`properties` must be an object';
  const wrong = [type].flat().find((each) => each !== undefined && !TYPES.includes(each as string));
  if (wrong !== undefined) {
    const name = typeof wrong === 'string' ? wrong : JSON.stringify(wrong);
    const names = TYPES.map((each) => `\`${each}\``).join(', ');
    return `unknown variant \`${name}\`, expected one of ${names}`;
  }
  return firstTrouble([...Object.values(properties ?? {}), ...NESTED.map((name) => schema[name])]);
}

function firstTrouble(schemas: readonly unknown[]): string | null {
  for (const schema of schemas) {
    const trouble = typeTrouble(schema);
    if (trouble !== null) return trouble;
  }
  return null;
}

function refuse(message: string): never {
  throw new CodexError('invalidRequest', message);
}
