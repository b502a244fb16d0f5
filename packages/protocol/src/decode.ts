import { isObject } from '@codex/base';
import { z } from 'zod';
import { definitionOf, markOf, unionShape, unitVariants } from './schema-shape.ts';
import { clientMethods } from './tables.ts';

/** `message` is the text for the client, `field` where in the params it went wrong (`input[0].type`), for the log. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; message: string; field: string };

/**
 * Checks the params of a request and fills in defaults. Never throws. The message follows `Invalid request: ` on the
 * wire and names the first mistake: wrong values in the order of the input, then missing members in the order of the
 * declaration (app-server specification §2).
 */
export function decodeParams<P extends z.ZodType>(
  target: { params: () => P } | (() => P),
  value: unknown,
): Decoded<z.output<P>> {
  const schema = typeof target === 'function' ? target() : target.params();
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  if (value === undefined || value === null) return { ok: false, message: missing('params'), field: 'params' };
  return failure(schema, value, result.error);
}

/** Like `decodeParams` for any other value, such as a client's answer to a question. */
export function decodeValue<S extends z.ZodType>(target: () => S, value: unknown): Decoded<z.output<S>> {
  const schema = target();
  const result = schema.safeParse(value);
  return result.success ? { ok: true, value: result.data } : failure(schema, value, result.error);
}

/** The text for a method that does not exist; lists those that do. */
export function unknownMethod(name: string): string {
  return unknownVariant(name, Object.keys(clientMethods));
}

type Path = readonly (string | number)[];
type Problem = { message: string; path: Path };

function failure(schema: z.ZodType, value: unknown, error: z.ZodError): { ok: false; message: string; field: string } {
  const found = findProblem(schema, value, []);
  const issue = error.issues[0];
  const path = found?.path ?? issue?.path ?? [];
  return { ok: false, message: found?.message ?? issue?.message ?? 'invalid value', field: fieldName(path) };
}

function fieldName(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return path.length === 0 ? 'params' : text.replace(/^\./, '');
}

function findProblem(schema: z.core.$ZodType, value: unknown, path: Path): Problem | undefined {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'default':
      return value === undefined ? undefined : findProblem(def.innerType, value, path);
    case 'nullable':
      return value === null ? undefined : findProblem(def.innerType, value, path);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrongType(value, 'a boolean', path);
    case 'string':
      if (typeof value !== 'string') return wrongType(value, markOf(schema, 'text') ?? 'a string', path);
      return firstIssue(schema, value, path);
    case 'number':
      return numberProblem(schema, value, path);
    case 'enum':
    case 'literal':
      return keyedProblem(new Map((unitVariants(schema) ?? []).map((name) => [name, null])), value, path);
    case 'array':
      if (!Array.isArray(value)) return wrongType(value, 'a sequence', path);
      return firstOf(value.entries(), ([index, item]) => findProblem(def.element, item, [...path, index]));
    case 'record':
      if (!isObject(value)) return wrongType(value, 'a map', path);
      return firstOf(Object.entries(value), ([key, member]) => findProblem(def.valueType, member, [...path, key]));
    case 'object':
      return objectProblem(schema, def.shape, value, path);
    case 'union':
      return unionProblem(schema, def, value, path);
    default:
      return firstIssue(schema, value, path);
  }
}

function objectProblem(
  schema: z.core.$ZodType,
  shape: Readonly<Record<string, z.core.$ZodType>>,
  value: unknown,
  path: Path,
): Problem | undefined {
  if (!isObject(value)) {
    const id = markOf(schema, 'id');
    return wrongType(value, markOf(schema, 'text') ?? (id ? `struct ${id}` : 'struct variant'), path);
  }
  const wrong = firstOf(Object.entries(value), ([key, member]) => {
    const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return field && findProblem(field, member, [...path, key]);
  });
  if (wrong) return wrong;
  const absent = Object.keys(shape).find((key) => !Object.hasOwn(value, key) && !isOptional(shape[key]));
  return absent === undefined ? undefined : { message: missing(absent), path: [...path, absent] };
}

function unionProblem(
  schema: z.core.$ZodType,
  def: z.core.$ZodUnionDef,
  value: unknown,
  path: Path,
): Problem | undefined {
  const name = markOf(schema, 'id') ?? '';
  const shape = unionShape(def);
  if (shape.kind === 'keyed') return keyedProblem(shape.variants, value, path);
  if (shape.kind === 'untagged') {
    const fits = shape.options.some((option) => z.safeParse(option, value).success);
    return fits ? undefined : { message: `data did not match any variant of untagged enum ${name}`, path };
  }
  if (!isObject(value)) return wrongType(value, `internally tagged enum ${name}`, path);
  const at = [...path, shape.tag];
  if (!Object.hasOwn(value, shape.tag)) return { message: missing(shape.tag), path: at };
  const tag = value[shape.tag];
  if (typeof tag !== 'string') return wrongType(tag, 'variant identifier', at);
  const variant = shape.variants.get(tag);
  if (variant) return findProblem(variant, value, path);
  return shape.open ? undefined : { message: unknownVariant(tag, [...shape.variants.keys()]), path: at };
}

/** Variants written as a plain string, or as the only key of an object. */
function keyedProblem(
  variants: ReadonlyMap<string, z.core.$ZodType | null>,
  value: unknown,
  path: Path,
): Problem | undefined {
  const names = [...variants.keys()];
  if (typeof value === 'string') {
    if (!variants.has(value)) return { message: unknownVariant(value, names), path };
    return variants.get(value) ? { message: 'invalid type: unit variant, expected struct variant', path } : undefined;
  }
  if (!isObject(value)) return wrongType(value, 'string or map', path);
  const [member, ...others] = Object.entries(value);
  if (!member || others.length > 0) return { message: 'invalid value: map, expected map with a single key', path };
  const [key, content] = member;
  const variant = variants.get(key);
  if (variant === undefined) return { message: unknownVariant(key, names), path };
  if (variant) return findProblem(variant, content, [...path, key]);
  return content === null ? wrongType(value, 'a string', path) : wrongType(content, 'unit', [...path, key]);
}

function numberProblem(schema: z.core.$ZodType, value: unknown, path: Path): Problem | undefined {
  const integer = markOf(schema, 'integer');
  if (typeof value !== 'number') return wrongType(value, integer ?? 'f64', path);
  if (z.safeParse(schema, value).success) return undefined;
  const described = describe(value);
  const kind = described.startsWith('integer') ? 'invalid value' : 'invalid type';
  return { message: `${kind}: ${described}, expected ${integer ?? 'f64'}`, path };
}

/** For checks beyond the type, whose texts the schema itself carries. */
function firstIssue(schema: z.core.$ZodType, value: unknown, path: Path): Problem | undefined {
  const issue = z.safeParse(schema, value).error?.issues[0];
  return issue && { message: issue.message, path: [...path, ...issue.path.map((step) => String(step))] };
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => Problem | undefined): Problem | undefined {
  for (const item of items) {
    const problem = find(item);
    if (problem) return problem;
  }
  return undefined;
}

function isOptional(schema: z.core.$ZodType | undefined): boolean {
  return schema?._zod.optin !== undefined;
}

function missing(field: string): string {
  return `missing field \`${field}\``;
}

function wrongType(value: unknown, expected: string, path: Path): Problem {
  return { message: `invalid type: ${describe(value)}, expected ${expected}`, path };
}

function unknownVariant(name: string, names: readonly string[]): string {
  const quoted = names.map((each) => `\`${each}\``);
  const expected = quoted.length > 2 ? `one of ${quoted.join(', ')}` : quoted.join(' or ');
  return `unknown variant \`${clip(name)}\`, expected ${expected}`;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return `boolean \`${value}\``;
    case 'string':
      return `string ${JSON.stringify(clip(value))}`;
    case 'number':
      return isWireInteger(value) ? `integer \`${BigInt(value)}\`` : `floating point \`${value}\``;
    default:
      return Array.isArray(value) ? 'sequence' : isObject(value) ? 'map' : 'null';
  }
}

function isWireInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64;
}

const MAX_QUOTED = 1024;

/** A wrong value can be as long as a message; its beginning is enough to recognise it. */
function clip(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
