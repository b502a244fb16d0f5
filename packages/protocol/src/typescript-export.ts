import { isObject } from '@codex/base';
import type { JsonSchema } from './schema-export.ts';

/** The TypeScript type that a schema describes, references by their names. */
export function typeScriptOf(schema: unknown): string {
  if (!isObject(schema)) return 'unknown';
  const { $ref, anyOf, oneOf, allOf, type } = schema;
  if (typeof $ref === 'string') return $ref.replace('#/definitions/', '');
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => JSON.stringify(value)));
  if (Array.isArray(anyOf)) return union(anyOf.map(typeScriptOf));
  if (Array.isArray(oneOf)) return union(oneOf.map(typeScriptOf));
  if (Array.isArray(allOf)) return allOf.map((part) => `(${typeScriptOf(part)})`).join(' & ');
  if (Array.isArray(type)) return union(type.map((each) => typeScriptOf({ ...schema, type: each })));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${typeScriptOf(schema['items'])}>`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType(schema: JsonSchema): string {
  const members = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
  const lines = members.map(
    ([name, member]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeScriptOf(member)}`,
  );
  const others = schema['additionalProperties'];
  // Members beyond the named ones are let through untyped: an index signature would swallow the named ones.
  if (members.length === 0 && isObject(others)) return `{ [key: string]: ${typeScriptOf(others)} }`;
  return lines.length === 0 ? 'Record<string, never>' : `{ ${lines.join('; ')} }`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
