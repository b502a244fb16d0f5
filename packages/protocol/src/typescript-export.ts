import { isObject } from '@codex/base';
import { exportJsonSchema, type JsonSchema } from './schema-export.ts';

/** The protocol as one TypeScript module: an exported type per definition of `exportJsonSchema`. */
export function exportTypeScript(options: { experimental: boolean }): string {
  const { definitions } = exportJsonSchema(options);
  const types = Object.entries(definitions).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`);
  return types.join('\n');
}

function typeOf(schema: unknown): string {
  if (!isObject(schema)) return 'unknown';
  const { $ref, anyOf, oneOf, allOf, type } = schema;
  if (typeof $ref === 'string') return $ref.replace('#/definitions/', '');
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => JSON.stringify(value)));
  if (Array.isArray(anyOf)) return union(anyOf.map(typeOf));
  if (Array.isArray(oneOf)) return union(oneOf.map(typeOf));
  if (Array.isArray(allOf)) return allOf.map((part) => `(${typeOf(part)})`).join(' & ');
  if (Array.isArray(type)) return union(type.map((each) => typeOf({ ...schema, type: each })));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${typeOf(schema['items'])}>`;
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
    ([name, member]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(member)}`,
  );
  const others = schema['additionalProperties'];
  // Members beyond the named ones are let through untyped: an index signature would swallow the named ones.
  if (members.length === 0 && isObject(others)) return `{ [key: string]: ${typeOf(others)} }`;
  return lines.length === 0 ? 'Record<string, never>' : `{ ${lines.join('; ')} }`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
