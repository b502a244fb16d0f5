import fc from 'fast-check';

/** Any JSON value, with member names that have played tricks before. */
export const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'type', 'threadId', 'input', 'never'), fc.jsonValue()),
  fc.constantFrom(null, -1, 1.5, 2 ** 70, '', 'text', [], {}, [[]], { type: 1 }, { type: 'text' }),
);

type Node = Record<string, unknown>;

/** Values that fit a JSON schema; with `wrong` above 0 that share of the places holds junk instead. */
export function fitting(schema: Node, definitions: Record<string, Node>, wrong: number): fc.Arbitrary<unknown> {
  const right = (): fc.Arbitrary<unknown> => {
    const { $ref, allOf, anyOf, oneOf, type, items, properties, required, additionalProperties } = schema;
    const inner = (part: unknown) => fitting(part as Node, definitions, wrong);
    if (typeof $ref === 'string') return inner(definitions[$ref.replace('#/definitions/', '')]);
    if ('const' in schema) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...schema['enum']);
    // Around a reference that has a default.
    if (Array.isArray(allOf)) return inner(allOf[0]);
    const options = anyOf ?? oneOf;
    if (Array.isArray(options)) return fc.oneof(...options.map(inner));
    if (Array.isArray(type)) return fc.oneof(...type.map((each) => inner({ ...schema, type: each })));
    switch (type) {
      case 'string':
        return fc.constantFrom(...(process.platform === 'win32' ? ['C:\\a', '\\\\host'] : ['/', '/a']));
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'integer':
        return fc.nat(100);
      case 'number':
        return fc.nat(100);
      case 'array':
        return fc.array(inner(items), { maxLength: 2 });
      case 'object':
        if (properties === undefined)
          return fc.dictionary(fc.string(), inner(additionalProperties ?? {}), { maxKeys: 2 });
        return fc.record(
          Object.fromEntries(Object.entries(properties as Node).map(([name, member]) => [name, inner(member)])),
          { requiredKeys: (required as string[] | undefined) ?? [] },
        );
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  };
  const percent = Math.round(wrong * 100);
  return percent === 0
    ? right()
    : fc.oneof({ weight: 100 - percent, arbitrary: right() }, { weight: percent, arbitrary: junk });
}
