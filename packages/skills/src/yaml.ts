import { parsePlainYaml } from './plain-yaml.ts';

/** Reads YAML. Rejects with the reader's error. */
export async function readYaml(text: string): Promise<unknown> {
  const plain = parsePlainYaml(text);
  if (plain) return plain;
  const { parse } = await import('yaml');
  return parse(text, { prettyErrors: false }) as unknown;
}
