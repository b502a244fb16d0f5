import type { McpElicitationPrimitiveSchema } from '@codex/protocol';

interface Options {
  values: readonly { value: unknown; title: string }[];
  isMany: boolean;
  chosen: readonly unknown[];
}

/** The answers a field may have, when it names them; null for one that is written. */
export function choicesOf(schema: McpElicitationPrimitiveSchema): Options | null {
  const chosen = Array.isArray(schema.default)
    ? schema.default
    : schema.default === null || schema.default === undefined
      ? []
      : [schema.default];
  if (schema.type === 'boolean') {
    return {
      values: [
        { value: true, title: 'Yes' },
        { value: false, title: 'No' },
      ],
      isMany: false,
      chosen,
    };
  }
  if ('enum' in schema) {
    const names = 'enumNames' in schema ? schema.enumNames : null;
    return { values: schema.enum.map((value, at) => ({ value, title: names?.[at] ?? value })), isMany: false, chosen };
  }
  if ('oneOf' in schema) {
    return { values: schema.oneOf.map(({ const: value, title }) => ({ value, title })), isMany: false, chosen };
  }
  if ('items' in schema) {
    const { items } = schema;
    const values =
      'anyOf' in items
        ? items.anyOf.map(({ const: value, title }) => ({ value, title }))
        : items.enum.map((value) => ({ value, title: value }));
    return { values, isMany: true, chosen };
  }
  return null;
}

export function defaultText(schema: McpElicitationPrimitiveSchema): string {
  return typeof schema.default === 'string' || typeof schema.default === 'number' ? String(schema.default) : '';
}

/** The value of a written answer, or what is wrong with it. */
export function checkText(
  schema: McpElicitationPrimitiveSchema,
  text: string,
): { value: unknown } | { problem: string } {
  if (schema.type === 'number' || schema.type === 'integer') {
    const value = Number(text);
    if (text === '' || !Number.isFinite(value)) return { problem: 'A number is needed.' };
    if (schema.type === 'integer' && !Number.isInteger(value)) return { problem: 'A whole number is needed.' };
    const { minimum, maximum } = schema;
    if (isNumber(minimum) && value < minimum) return { problem: `At least ${minimum} is needed.` };
    if (isNumber(maximum) && value > maximum) return { problem: `At most ${maximum} is possible.` };
    return { value };
  }
  if (text === '') return { problem: 'An answer is needed.' };
  if ('minLength' in schema) {
    const { minLength, maxLength } = schema;
    if (isNumber(minLength) && text.length < minLength)
      return { problem: `At least ${minLength} characters are needed.` };
    if (isNumber(maxLength) && text.length > maxLength)
      return { problem: `At most ${maxLength} characters are possible.` };
  }
  return { value: text };
}

/** Limits may be absent, null or a number: servers differ. */
function isNumber(value: number | bigint | null | undefined): value is number {
  return typeof value === 'number';
}
