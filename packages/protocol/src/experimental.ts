import { isObject } from '@codex/base';
import type { z } from 'zod';
import type { Method } from './define.ts';
import { definitionOf, markOf, unionShape, unwrap } from './schema-shape.ts';
import { type ClientMethod, clientMethods } from './tables.ts';

/**
 * What a request uses that needs the experimental capability, by the name the refusal gives it; null when nothing
 * does. The method counts before its fields and these before variants of their values. Takes the params as the client
 * wrote them, after they were found valid (app-server specification §5).
 */
export function experimentalUse(method: ClientMethod, params: unknown): string | null {
  const row: Method = clientMethods[method];
  if (row.experimental) return method;
  if (!isObject(params)) return null;
  for (const [field, descriptor] of Object.entries(row.experimentalFields ?? {})) {
    if (isUsed(Object.hasOwn(params, field) ? params[field] : undefined)) return descriptor;
  }
  return usedVariant(row.params(), params);
}

/** Empty lists and maps, false and null count as not used. */
function isUsed(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

/** The experimental variant that the params are, or that one of their members is. */
function usedVariant(schema: z.core.$ZodType, params: Record<string, unknown>): string | null {
  const def = definitionOf(unwrap(schema));
  if (def.type !== 'object') return variantMark(schema, params);
  for (const [field, member] of Object.entries(def.shape)) {
    const mark = Object.hasOwn(params, field) ? variantMark(member, params[field]) : null;
    if (mark !== null) return mark;
  }
  return null;
}

function variantMark(schema: z.core.$ZodType, value: unknown): string | null {
  const def = definitionOf(unwrap(schema));
  if (def.type !== 'union' || !isObject(value)) return null;
  const shape = unionShape(def);
  if (shape.kind === 'untagged') return null;
  const [key] = Object.keys(value);
  const name = shape.kind === 'tagged' ? value[shape.tag] : key;
  const variant = typeof name === 'string' ? shape.variants.get(name) : undefined;
  return (variant && markOf(variant, 'experimentalVariant')) ?? null;
}
