// The facts two JSON schema bundles can be compared by: each type as one line, each method with its params type.

/**
 * A schema as one line of text that does not depend on member order or on how the schema says it: `{a: string, b?: int}`,
 * `X[]`, `{*: X}`, `'on' | 'off'`, `json`. A member that may be null counts as one that may be absent, because servers
 * write null where clients may leave out.
 */
export function typeLine(schema) {
  if (schema === true || schema === undefined || Object.keys(schema).length === 0) return 'json';
  return [...new Set(alternatives(schema))].sort().join(' | ');
}

function alternatives(schema) {
  if (schema.$ref)
    return [
      schema.$ref
        .split('/')
        .at(-1)
        .replace(/^(AbsolutePathBuf|ThreadId)$/, 'string'),
    ];
  if (schema.const !== undefined) return [`'${schema.const}'`];
  if (schema.enum) return schema.enum.map((value) => `'${value}'`);
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (options) return options.flatMap((option) => alternatives(withShared(schema, option)));
  if (Array.isArray(schema.type)) return schema.type.flatMap((type) => alternatives({ ...schema, type }));
  if (schema.type === 'array') return [`(${typeLine(schema.items)})[]`];
  if (schema.type === 'object') return [objectLine(schema)];
  if (schema.type === 'integer') return [schema.format ?? 'integer'];
  return [schema.type ?? 'json'];
}

/** Members that stand beside the alternatives belong to each of them. */
function withShared({ properties, required = [] }, option) {
  if (!properties) return option;
  return {
    ...option,
    properties: { ...properties, ...option.properties },
    required: [...required, ...(option.required ?? [])],
  };
}

function objectLine(schema) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const lines = typeLine(member)
      .split(' | ')
      .filter((line) => line !== 'null');
    const optional = !required.has(name) || lines.join(' | ') !== typeLine(member) || lines.includes('json');
    return `${name}${optional ? '?' : ''}: ${lines.join(' | ')}`;
  });
  if (members.length > 0) return `{${members.sort().join(', ')}}`;
  const others = schema.additionalProperties;
  return others ? `{*: ${typeLine(others)}}` : '{}';
}

/** `[[method, type of params or null], …]` of a union of requests or notifications, in its order. */
export function methodTypes(union) {
  return (union.oneOf ?? union.anyOf).map(({ properties: { method, params } }) => [
    method.const ?? method.enum[0],
    params?.$ref?.split('/').at(-1) ?? null,
  ]);
}
