import { z } from 'zod';

/**
 * What this package writes into a schema's metadata:
 * - `id`: name in error texts and exported schemas;
 * - `integer`, `text`: what error texts call a number, or any other value, of this kind;
 * - `experimental`, `experimentalVariant`: descriptor of a member, or a variant, that needs the capability.
 */
type Mark = 'id' | 'integer' | 'text' | 'experimental' | 'experimentalVariant';

export function markOf(schema: z.core.$ZodType, mark: Mark): string | undefined {
  const value: unknown = z.globalRegistry.get(schema)?.[mark];
  return typeof value === 'string' ? value : undefined;
}

/** The schema with its definition opened for a switch over `def.type`. */
export function definitionOf(schema: z.core.$ZodType): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema behind optional, nullable and default. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const def = definitionOf(schema);
  return def.type === 'optional' || def.type === 'nullable' || def.type === 'default' ? unwrap(def.innerType) : schema;
}

/**
 * How the variants of a union are told apart:
 * - `tagged`: objects with a member that names the variant; `open` when unknown names are let through;
 * - `keyed`: a plain string, or an object whose only key names the variant (null: the plain string);
 * - `untagged`: the first option that fits.
 */
export type UnionShape =
  | { kind: 'tagged'; tag: string; open: boolean; variants: Map<string, z.core.$ZodType> }
  | { kind: 'keyed'; variants: Map<string, z.core.$ZodType | null> }
  | { kind: 'untagged'; options: readonly z.core.$ZodType[] };

export function unionShape(def: z.core.$ZodUnionDef): UnionShape {
  const tag = discriminatorOf(def);
  if (tag !== undefined) return { kind: 'tagged', tag, open: false, variants: taggedVariants(def, tag) };
  const [first] = def.options;
  const firstDef = first && definitionOf(first);
  const innerTag = firstDef?.type === 'union' ? discriminatorOf(firstDef) : undefined;
  if (firstDef?.type === 'union' && innerTag !== undefined) {
    return { kind: 'tagged', tag: innerTag, open: true, variants: taggedVariants(firstDef, innerTag) };
  }
  const variants = keyedVariants(def.options);
  return variants ? { kind: 'keyed', variants } : { kind: 'untagged', options: def.options };
}

/** The strings a literal or enum schema accepts; undefined for any other schema. */
export function unitVariants(schema: z.core.$ZodType): string[] | undefined {
  const def = definitionOf(schema);
  if (def.type === 'enum') return Object.values(def.entries).map(String);
  if (def.type === 'literal') return def.values.map(String);
  return undefined;
}

function discriminatorOf(def: z.core.$ZodUnionDef): string | undefined {
  const tag: unknown = 'discriminator' in def ? def.discriminator : undefined;
  return typeof tag === 'string' ? tag : undefined;
}

function taggedVariants(def: z.core.$ZodUnionDef, tag: string): Map<string, z.core.$ZodType> {
  const variants = new Map<string, z.core.$ZodType>();
  for (const option of def.options) {
    const object = definitionOf(option);
    const member = object.type === 'object' ? object.shape[tag] : undefined;
    for (const name of (member && unitVariants(member)) ?? []) variants.set(name, option);
  }
  return variants;
}

function keyedVariants(options: readonly z.core.$ZodType[]): Map<string, z.core.$ZodType | null> | undefined {
  const variants = new Map<string, z.core.$ZodType | null>();
  for (const option of options) {
    const units = unitVariants(option);
    if (units) {
      for (const name of units) variants.set(name, null);
      continue;
    }
    const def = definitionOf(option);
    const [member, ...others] = def.type === 'object' ? Object.entries(def.shape) : [];
    if (!member || others.length > 0) return undefined;
    variants.set(member[0], member[1]);
  }
  // Without a plain string among them these are objects that merely happen to have one member each.
  return [...variants.values()].includes(null) ? variants : undefined;
}
