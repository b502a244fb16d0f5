import { replaceFile } from '@codex/base';
import { readText } from './files.ts';
import type { Place } from './places.ts';
import { rewriteNames } from './rewrite.ts';

/** The file whose text would become AGENTS.md; null when there is none or AGENTS.md says something already. */
export async function detectDocument({ document }: Place): Promise<string | null> {
  if (!isBlank(await readText(document.to))) return null;
  for (const file of document.from) if (!isBlank(await readText(file))) return file;
  return null;
}

export async function importDocument(place: Place, mark: string): Promise<void> {
  const from = await detectDocument(place);
  const text = from === null ? null : await readText(from);
  if (text !== null) await replaceFile(place.document.to, rewriteNames(text), mark);
}

function isBlank(text: string | null): boolean {
  return text === null || text.trim() === '';
}
