const DEPTH = 4;
/** A value of each type of JSON. */
const OF_TYPE = { null: null, boolean: true, number: 1.5, string: 'soak', array: [7], object: { soak: 7 } };

/**
 * For every method of a schema bundle (`exportJsonSchema`), params with one mistake: each field in turn, also inside
 * objects and lists, with a value of every type of JSON that it cannot have. Each as { method, field, params }.
 */
export function wrongParams({ definitions }) {
  const look = (schema) => (schema.$ref ? definitions[schema.$ref.replace('#/definitions/', '')] : schema);
  return variants(look(definitions.ClientRequest), look).flatMap((request) => {
    const { method, params } = request.properties;
    return mistakes(params, look, DEPTH).map(({ field, value }) => ({ method: method.const, field, params: value }));
  });
}

/** All wrong values of a schema: it as a whole, or right except for one place inside. */
function mistakes(schema, look, depth, field = '') {
  const types = typesOf(schema, look);
  const wrong = Object.entries(OF_TYPE)
    .filter(([type]) => !types.has(type))
    .map(([, value]) => ({ field, value }));
  return depth === 0 ? wrong : [...wrong, ...inside(schema, look, depth, field)];
}

function inside(schema, look, depth, field) {
  // One variant that is an object or a list is enough to look into; which one a wrong value was meant for is open.
  const kinds = variants(look(schema), look).filter((each) => each.properties || each.items);
  if (kinds.length !== 1) return [];
  const [kind] = kinds;
  if (kind.items) {
    return mistakes(kind.items, look, depth - 1, `${field}[0]`).map((each) => ({ ...each, value: [each.value] }));
  }
  const right = sample(kind, look);
  return Object.entries(kind.properties).flatMap(([name, member]) =>
    mistakes(member, look, depth - 1, field ? `${field}.${name}` : name).map((each) => ({
      ...each,
      value: { ...right, [name]: each.value },
    })),
  );
}

/** The smallest value that fits. */
function sample(schema, look) {
  const [kind] = variants(look(schema), look);
  if ('const' in kind) return kind.const;
  if (kind.enum) return kind.enum[0];
  if (kind.properties) {
    const required = kind.required ?? [];
    return Object.fromEntries(required.map((name) => [name, sample(kind.properties[name], look)]));
  }
  const type = Array.isArray(kind.type) ? kind.type[0] : kind.type;
  if (type === 'array') return [];
  if (type === 'object') return {};
  return { string: '/no/such/soak', integer: 1, number: 1, boolean: false, null: null }[type] ?? null;
}

function typesOf(schema, look) {
  return new Set(variants(look(schema), look).flatMap((kind) => typesOfKind(kind)));
}

function typesOfKind(kind) {
  const every = Object.keys(OF_TYPE);
  if ('const' in kind) return [jsonType(kind.const)];
  if (kind.enum) return kind.enum.map(jsonType);
  if (kind.properties) return ['object'];
  const types = [kind.type ?? every].flat();
  // A fraction is no integer.
  return types.filter((type) => type !== 'integer');
}

function variants(schema, look) {
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return parts ? parts.flatMap((part) => variants(look(part), look)) : [schema];
}

function jsonType(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
