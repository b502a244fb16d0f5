import { isObject } from '@codex/base';

const MAX_DEPTH = 32;
const KNOWN = new Set(['string', 'number', 'boolean', 'array', 'object']);
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** The part of a tool's input schema that models are told of (core specification §13.1); always an object with properties. */
export function modelSchema(inputSchema: unknown): Record<string, unknown> {
  const given = isObject(inputSchema) ? inputSchema : {};
  return simplify({ ...given, type: 'object' }, 0);
}

function simplify(schema: unknown, depth: number): Record<string, unknown> {
  if (!isObject(schema) || depth > MAX_DEPTH) return { type: 'string' };
  const type = typeOf(schema);
  const description = typeof schema['description'] === 'string' ? { description: schema['description'] } : {};
  if (type === 'array') {
    return { type, ...description, items: simplify(schema['items'] ?? { type: 'string' }, depth + 1) };
  }
  if (type !== 'object') return { type, ...description };
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const additional = schema['additionalProperties'];
  return {
    type,
    ...description,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [name, simplify(member, depth + 1)]),
    ),
    ...(Array.isArray(schema['required']) ? { required: schema['required'].filter((n) => typeof n === 'string') } : {}),
    ...(typeof additional === 'boolean' ? { additionalProperties: additional } : {}),
    ...(isObject(additional) ? { additionalProperties: simplify(additional, depth + 1) } : {}),
  };
}

function typeOf(schema: Record<string, unknown>): string {
  const given = schema['type'];
  const named = (Array.isArray(given) ? given : [given]).map((type) => (type === 'integer' ? 'number' : type));
  const known = named.find((type) => typeof type === 'string' && KNOWN.has(type)) as string | undefined;
  if (known !== undefined) return known;
  const has = (...keys: string[]) => keys.some((key) => schema[key] !== undefined);
  if (has('properties', 'required', 'additionalProperties')) return 'object';
  if (has('items', 'prefixItems')) return 'array';
  if (has('enum', 'const', 'format')) return 'string';
  return has(...BOUNDS) ? 'number' : 'string';
}
