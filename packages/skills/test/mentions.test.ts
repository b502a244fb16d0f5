import type { UserInput } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { mentionedSkills, type Skill, skillMessage, skillsText } from '../src/index.ts';

const skill = (
  name: string,
  path = `/s/${name}/SKILL.md`,
  given: { enabled?: boolean; implicit?: boolean } = {},
): Skill => ({
  implicit: given.implicit ?? true,
  metadata: { name, description: `Does ${name}.`, path, scope: 'repo', enabled: given.enabled ?? true },
});
const text = (value: string): UserInput => ({ type: 'text', text: value, text_elements: [] });
const SKILLS = [
  skill('alpha'),
  skill('beta'),
  skill('plug:in'),
  skill('twice', '/s/1/SKILL.md'),
  skill('twice', '/s/2/SKILL.md'),
  skill('quiet', undefined, { implicit: false }),
  skill('off', undefined, { enabled: false }),
  skill('HOME'),
];

describe('mentionedSkills', () => {
  it.each([
    ['use $alpha now', ['/s/alpha/SKILL.md']],
    ['x$alpha, then $beta.', ['/s/alpha/SKILL.md', '/s/beta/SKILL.md']],
    ['$beta before $alpha', ['/s/alpha/SKILL.md', '/s/beta/SKILL.md']],
    ['$plug:in', ['/s/plug:in/SKILL.md']],
    ['$alphabet $Alpha', []],
    ['$twice', []],
    ['[$twice](/s/2/SKILL.md)', ['/s/2/SKILL.md']],
    ['[$any] ( skill:///s/1/SKILL.md )', ['/s/1/SKILL.md']],
    ['[$alpha](/not/there)', []],
    ['[$alpha](app://x) [$alpha](plugin://y) [$alpha](mcp://z) [$alpha]( )', []],
    ['$quiet $off', ['/s/quiet/SKILL.md']],
    ['$HOME $home', []],
    ['$alpha $alpha [$x](/s/alpha/SKILL.md)', ['/s/alpha/SKILL.md']],
    ['costs 5$', []],
  ])('%j', (input, paths) => {
    expect(mentionedSkills([text(input)], SKILLS).map(({ metadata }) => metadata.path)).toEqual(paths);
  });

  it('takes items first, and their names no second time', () => {
    const input: UserInput[] = [text('$twice $alpha $beta'), { type: 'skill', name: 'beta', path: '/s/2/SKILL.md' }];
    expect(mentionedSkills(input, SKILLS).map(({ metadata }) => metadata.path)).toEqual([
      '/s/2/SKILL.md',
      '/s/alpha/SKILL.md',
    ]);
  });
});

describe('texts for the model', () => {
  it('lists what may be used unasked', () => {
    const lines =
      skillsText(SKILLS)
        ?.split('\n')
        .filter((line) => line.includes('(file: ')) ?? [];
    expect(lines[0]).toBe('- alpha: Does alpha. (file: /s/alpha/SKILL.md)');
    expect(lines).toHaveLength(SKILLS.length - 2);
    expect(skillsText([skill('quiet', undefined, { implicit: false })])).toBeNull();
    expect(skillsText([])).toBeNull();
  });

  it('hands a skill over whole', () => {
    expect(skillMessage(skill('alpha'), '---\nx\n---\n')).toBe(
      '<skill>\n<name>alpha</name>\n<path>/s/alpha/SKILL.md</path>\n---\nx\n---\n\n</skill>',
    );
  });
});
