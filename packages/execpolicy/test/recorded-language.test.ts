import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { matchRules, parseRules } from '../src/index.ts';

/** What the recorded program says to small files: where a mistake is and what, or which rules match a command. */
interface Recorded {
  mistakes: [text: string, place: string | null, message: string][];
  accepted: [text: string, command: string[], matches: { prefixRuleMatch: Record<string, unknown> }[]][];
}

const recorded = JSON.parse(await readFile(new URL('fixtures/language.json', import.meta.url), 'utf8')) as Recorded;

describe('a mistake is refused at its place', () => {
  it.each(recorded.mistakes)('%j', (text, place, message) => {
    const parsed = parseRules(text, 'x.rules');
    if (parsed.ok) throw new Error('the file was accepted');
    expect(parsed.error.text).toContain(message);
    // Examples that do not come out are described without their place.
    if (place !== null) expect(parsed.error.text).toContain(`--> x.rules:${place}\n`);
  });
});

describe('a file without a mistake means what it says', () => {
  it.each(recorded.accepted)('%j', (text, command, matches) => {
    const parsed = parseRules(text, 'x.rules');
    if (!parsed.ok) throw new Error(parsed.error.text);
    const found = matchRules(parsed.rules, command).map(({ matchedPrefix, decision, justification }) => ({
      prefixRuleMatch: { matchedPrefix, decision, ...(justification === null ? {} : { justification }) },
    }));
    expect(found).toEqual(matches);
  });
});
