import { isObject, parseJson } from '@codex/base';

/** The shape of one tool parameter: what the model is told, what is accepted, and the type it decodes to. */
export type Param =
  | { type: 'string' | 'number' | 'boolean'; description: string; required?: boolean }
  | { type: 'array'; description?: string; items: ItemParam; required?: boolean }
  | { type: 'object'; description?: string; properties: Params; required?: boolean };
type ItemParam =
  | { type: 'string'; description?: string }
  | { type: 'object'; properties: Params; description?: string };
export type Params = { readonly [name: string]: Param };

type Value<P> = P extends { type: 'string' }
  ? string
  : P extends { type: 'number' }
    ? number
    : P extends { type: 'boolean' }
      ? boolean
      : P extends { type: 'array'; items: infer I }
        ? Value<I>[]
        : P extends { type: 'object'; properties: infer Q }
          ? Args<Q>
          : never;
export type Args<Q> = {
  [K in keyof Q as Q[K] extends { required: true } ? K : never]: Value<Q[K]>;
} & {
  [K in keyof Q as Q[K] extends { required: true } ? never : K]?: Value<Q[K]>;
};

/** The JSON Schema that the model sees (core specification §10.3). */
export function parametersSchema(params: Params): Record<string, unknown> {
  const required = Object.keys(params).filter((name) => params[name]?.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(params).map(([name, param]) => [name, schemaOf(param)])),
    ...(required.length ? { required } : {}),
    additionalProperties: false,
  };
}

function schemaOf(param: Param | ItemParam): Record<string, unknown> {
  const description = param.description ? { description: param.description } : {};
  switch (param.type) {
    case 'array':
      return { type: 'array', items: schemaOf(param.items), ...description };
    case 'object':
      return { ...parametersSchema(param.properties), ...description };
    default:
      return { type: param.type, ...description };
  }
}

export type Decoded<T> = { ok: true; value: T } | { ok: false; error: string };

/** Reads the arguments of a call; the error text names the wrong field and goes to the model. Unknown members are ignored. */
export function decodeArgs<const Q extends Params>(raw: string, params: Q): Decoded<Args<Q>> {
  const json = parseJson(raw);
  if (!json.ok) return { ok: false, error: `failed to parse function arguments: ${json.error}` };
  const problem = check(json.value, { type: 'object', properties: params }, '');
  if (problem) return { ok: false, error: `failed to parse function arguments: ${problem}` };
  return { ok: true, value: withoutNulls(json.value) as Args<Q> };
}

function check(value: unknown, param: Param | ItemParam, path: string): string | null {
  const where = path ? ` at \`${path}\`` : '';
  switch (param.type) {
    case 'string':
    case 'number':
    case 'boolean':
      if (typeof value === param.type) return null;
      return `invalid type: ${kindOf(value)}, expected a ${param.type}${where}`;
    case 'array': {
      if (!Array.isArray(value)) return `invalid type: ${kindOf(value)}, expected a sequence${where}`;
      for (const [i, item] of value.entries()) {
        const problem = check(item, param.items, `${path}[${i}]`);
        if (problem) return problem;
      }
      return null;
    }
    case 'object': {
      if (!isObject(value)) return `invalid type: ${kindOf(value)}, expected a map${where}`;
      for (const [name, inner] of Object.entries(param.properties)) {
        const at = path ? `${path}.${name}` : name;
        const given = value[name];
        if (given === undefined || given === null) {
          if (inner.required) return `missing field \`${name}\`${where}`;
          continue;
        }
        const problem = check(given, inner, at);
        if (problem) return problem;
      }
      return null;
    }
    default:
      return null;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'sequence';
  if (typeof value === 'object') return 'map';
  return `${typeof value} ${JSON.stringify(value)}`;
}

/** Null counts as absent for optional members. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}
