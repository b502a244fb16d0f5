import { isObject } from '@codex/base';
import { z } from 'zod';
import type { Method, ServerRequestRow } from './define.ts';
import { RequestId } from './rpc.ts';
import { markOf } from './schema-shape.ts';
import { clientMethods, serverNotifications, serverRequests } from './tables.ts';

export type JsonSchema = Record<string, unknown>;

/** Draft-07 schemas by name; references between them are `#/definitions/<name>`. */
export interface SchemaBundle {
  $schema: string;
  title: string;
  definitions: Record<string, JsonSchema>;
}

/**
 * Every message of the protocol as one bundle: the unions `ClientRequest`, `ClientNotification`, `ServerRequest` and
 * `ServerNotification`, the maps `ClientResults` and `ServerRequestResults` from method to result, and all they refer
 * to under the names this package exports. Without `experimental`, methods and members that need the capability are
 * left out.
 */
export function exportJsonSchema(options: { experimental: boolean }): SchemaBundle {
  const methods = Object.entries<Method>(clientMethods).filter(([, row]) => options.experimental || !row.experimental);
  const questions = Object.entries<ServerRequestRow>(serverRequests);
  const roots = z.object({
    ClientRequest: z.union(methods.map(([name, row]) => request(name, row))),
    ClientNotification: z.object({ method: z.literal('initialized') }),
    ClientResults: results(methods),
    ServerRequest: z.union(questions.map(([name, row]) => request(name, row))),
    ServerRequestResults: results(questions),
    ServerNotification: z.union(
      Object.entries(serverNotifications).map(([name, row]) =>
        z.object({ method: z.literal(name), params: row.params() }),
      ),
    ),
  });
  const json: JsonSchema = z.toJSONSchema(roots, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  const envelopes = asSchemas(json['properties']);
  const definitions = { ...envelopes, ...asSchemas(json['definitions']) };
  for (const schema of Object.values(definitions)) settleMarks(schema, options.experimental);
  if (!options.experimental) {
    for (const [, row] of methods) {
      const params = definitions[markOf(row.params(), 'id') ?? ''];
      if (params) dropMembers(params, Object.keys(row.experimentalFields ?? {}));
    }
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'CodexAppServerProtocol',
    definitions: referred(definitions, Object.keys(envelopes)),
  };
}

function request(name: string, row: { params: () => z.ZodType }): z.ZodType {
  return z.object({ id: RequestId(), method: z.literal(name), params: row.params() });
}

function results(rows: [name: string, row: { result: () => z.ZodType }][]): z.ZodType {
  return z.object(Object.fromEntries(rows.map(([name, row]) => [name, row.result()])));
}

const FORMATS: Readonly<Record<string, string>> = {
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
  usize: 'uint',
  i32: 'int32',
  i64: 'int64',
};

/** Turns this package's marks into what readers of JSON schema know, or removes what they stand for. */
function settleMarks(schema: JsonSchema, experimental: boolean): void {
  const format = FORMATS[String(schema['integer'])];
  if (format !== undefined) {
    delete schema['maximum'];
    delete schema['minimum'];
    Object.assign(schema, { type: 'integer', format }, format.startsWith('u') ? { minimum: 0 } : {});
  }
  const members = Object.entries(asSchemas(schema['properties']));
  if (!experimental) {
    dropMembers(
      schema,
      members.filter(([, member]) => member['experimental'] !== undefined).map(([name]) => name),
    );
  }
  for (const part of parts(schema)) settleMarks(part, experimental);
  for (const mark of ['integer', 'text', 'experimental', 'experimentalVariant']) delete schema[mark];
}

function dropMembers(schema: JsonSchema, names: readonly string[]): void {
  const { properties, required } = schema;
  if (names.length === 0 || !isObject(properties)) return;
  for (const name of names) delete properties[name];
  if (Array.isArray(required)) schema['required'] = required.filter((name) => !names.includes(String(name)));
}

/** The names of the definitions that a schema refers to, in alphabetical order. */
export function referencesOf(schema: JsonSchema): string[] {
  const { $ref } = schema;
  const own = typeof $ref === 'string' ? [$ref.replace('#/definitions/', '')] : [];
  return [...new Set([...own, ...parts(schema).flatMap(referencesOf)])].sort();
}

/** The definitions that the roots lead to, by name. */
function referred(definitions: Record<string, JsonSchema>, roots: readonly string[]): Record<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const enter = (name: string) => {
    const schema = definitions[name];
    if (!schema || found.has(name)) return;
    found.set(name, schema);
    for (const other of referencesOf(schema)) enter(other);
  };
  for (const root of roots) enter(root);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The schemas directly inside a schema. */
function parts(schema: JsonSchema): JsonSchema[] {
  const lists = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  const single = ['items', 'additionalProperties'].map((key) => schema[key]);
  return [...lists, ...single, ...Object.values(asSchemas(schema['properties']))].filter(isObject);
}

function asSchemas(value: unknown): Record<string, JsonSchema> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, JsonSchema] => isObject(entry[1])));
}
