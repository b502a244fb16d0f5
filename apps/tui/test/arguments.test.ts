import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';
import { helpText } from '../src/help.ts';

const plain = {
  kind: 'run',
  purpose: 'new',
  target: null,
  allFolders: false,
  prompt: null,
  settings: [],
  profile: undefined,
  model: undefined,
  oss: false,
  localProvider: undefined,
  sandbox: undefined,
  addDirs: [],
  images: [],
  approval: undefined,
  cwd: undefined,
  alternateScreen: true,
};

describe('the command line', () => {
  it.each([
    [[], {}],
    [['fix it'], { prompt: 'fix it' }],
    [['--', '--json'], { prompt: '--json' }],
    [
      ['-m', 'x', '-p', 'work', '-C', 'dir', '--add-dir', 'a', '--add-dir', 'b'],
      { model: 'x', profile: 'work', cwd: 'dir', addDirs: ['a', 'b'] },
    ],
    [['-a', 'never', '-s', 'read-only'], { approval: 'never', sandbox: 'read-only' }],
    [['--full-auto'], { approval: 'on-request', sandbox: 'workspace-write' }],
    [['--yolo'], { approval: 'never', sandbox: 'danger-full-access' }],
    [
      ['--search', '--no-alt-screen'],
      { settings: [{ option: 'config', text: 'web_search="live"' }], alternateScreen: false },
    ],
    [['--oss', '--local-provider', 'ollama'], { oss: true, localProvider: 'ollama' }],
    [
      ['-i', 'a.png,b.png', '--search'],
      { images: ['a.png', 'b.png'], settings: [{ option: 'config', text: 'web_search="live"' }] },
    ],
  ])('%j', (argv, expected) => {
    expect(parseArguments('new', argv)).toEqual({ ...plain, ...expected });
  });

  it.each([
    [[], {}],
    [['--all'], { allFolders: true }],
    [['--last', 'go on'], { target: { by: 'last' }, prompt: 'go on' }],
    [['abc', 'go on'], { target: { by: 'key', key: 'abc' }, prompt: 'go on' }],
  ])('resume and fork %j', (argv, expected) => {
    expect(parseArguments('resume', argv)).toEqual({ ...plain, purpose: 'resume', ...expected });
    expect(parseArguments('fork', argv)).toEqual({ ...plain, purpose: 'fork', ...expected });
  });

  it.each([
    [['a', 'b'], /unexpected argument 'b'/],
    [['--last'], /unexpected argument '--last'/],
    [['-a', 'always'], /invalid value 'always' for '--ask-for-approval'/],
    [['--full-auto', '--yolo'], /cannot be used with/],
    [['--json'], /unexpected argument '--json'/],
  ])('explains what is wrong with %j', (argv, message) => {
    expect(parseArguments('new', argv)).toEqual({ kind: 'invalid', message: expect.stringMatching(message) });
  });

  it('is explained by the help, every option of it', () => {
    const options = [
      'config',
      'enable',
      'image',
      'model',
      'oss',
      'local-provider',
      'profile',
      'sandbox',
      'ask-for-approval',
      'full-auto',
      'cd',
      'search',
      'add-dir',
      'no-alt-screen',
    ];
    for (const option of options) expect(helpText('new')).toContain(`--${option}`);
    expect(helpText('resume')).toMatch(/Usage: codex resume[^]*--last[^]*--all/);
    expect(parseArguments('fork', ['-h'])).toEqual({ kind: 'help' });
  });
});
