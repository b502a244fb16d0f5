import { CodexError } from '@codex/base';

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SIMPLE = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** The id in its one written form; null when the text is no UUID. Also takes `urn:uuid:`, braces, and no hyphens. */
export function readUuid(text: string): string | null {
  const bare = text
    .toLowerCase()
    .replace(/^urn:uuid:/, '')
    .replace(/^\{(.*)\}$/, '$1');
  if (HYPHENATED.test(bare)) return bare;
  const groups = SIMPLE.exec(bare);
  return groups ? groups.slice(1).join('-') : null;
}

/** Throws `invalid thread id: …` with the place of the first mistake. */
export function parseThreadId(text: string): string {
  const id = readUuid(text);
  if (id === null) throw new CodexError('invalidRequest', `invalid thread id: ${uuidTrouble(text)}`);
  return id;
}

export function uuidTrouble(text: string): string {
  const bare = text.replace(/^urn:uuid:/i, '').replace(/^\{(.*)\}$/, '$1');
  const wrong = /[^0-9a-f-]/iu.exec(bare);
  if (wrong) {
    return `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${wrong[0]}\` at ${wrong.index + 1}`;
  }
  const groups = bare.split('-');
  if (groups.length === 1) return `invalid length: expected length 32 for simple format, found ${bare.length}`;
  if (groups.length !== 5) return `invalid group count: expected 5, found ${groups.length}`;
  const expected = [8, 4, 4, 4, 12];
  const at = groups.findIndex((group, index) => group.length !== expected[index]);
  return `invalid group length in group ${at}: expected ${expected[at]}, found ${groups[at]?.length}`;
}
