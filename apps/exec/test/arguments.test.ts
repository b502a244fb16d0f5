import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';

const plain = {
  kind: 'run',
  resume: null,
  review: null,
  prompt: null,
  settings: [],
  profile: undefined,
  model: undefined,
  images: [],
  sandbox: undefined,
  cwd: undefined,
  addDirs: [],
  skipGitCheck: false,
  ephemeral: false,
  oss: false,
  localProvider: undefined,
  outputSchema: undefined,
  lastMessageFile: undefined,
  color: 'auto',
  json: false,
  ignoreUserConfig: false,
  ignoreRules: false,
  timeLimit: null,
};
const byKey = (key: string) => ({ target: { by: 'key', key }, allFolders: false });
const last = { target: { by: 'last' }, allFolders: false };

describe('the command line', () => {
  it.each([
    [[], {}],
    [['hello'], { prompt: 'hello' }],
    [['-'], { prompt: null }],
    [['--', '--json'], { prompt: '--json' }],
    [['--', 'resume'], { prompt: 'resume' }],
    [['--json', 'x'], { json: true, prompt: 'x' }],
    [['--experimental-json', 'x'], { json: true, prompt: 'x' }],
    [
      ['-m', 'gpt', '-s=read-only', '-p', 'work', '-C', 'd'],
      { model: 'gpt', sandbox: 'read-only', profile: 'work', cwd: 'd' },
    ],
    [['--full-auto'], { sandbox: 'workspace-write' }],
    [['--full-auto', '-s', 'read-only'], { sandbox: 'workspace-write' }],
    [['--dangerously-bypass-approvals-and-sandbox'], { sandbox: 'danger-full-access', skipGitCheck: true }],
    [['--yolo'], { sandbox: 'danger-full-access', skipGitCheck: true }],
    [['-i', 'a.png', 'b.png', '--json', 'x'], { images: ['a.png', 'b.png'], json: true, prompt: 'x' }],
    [['-i', 'a.png,b.png', '--', 'x'], { images: ['a.png', 'b.png'], prompt: 'x' }],
    [['x', '--image', 'a', '--image', 'b'], { images: ['a', 'b'], prompt: 'x' }],
    [['--add-dir', 'a', '--add-dir=b'], { addDirs: ['a', 'b'] }],
    [['--oss', '--local-provider', 'ollama'], { oss: true, localProvider: 'ollama' }],
    [
      ['-c', 'a=1', '--enable=x', '--config', 'b=2', '--disable', 'y'],
      {
        settings: [
          { option: 'config', text: 'a=1' },
          { option: 'enable', text: 'x' },
          { option: 'config', text: 'b=2' },
          { option: 'disable', text: 'y' },
        ],
      },
    ],
    [
      [
        '-o',
        'f',
        '--output-schema',
        's',
        '--ephemeral',
        '--skip-git-repo-check',
        '--color',
        'never',
        '--progress-cursor',
      ],
      { lastMessageFile: 'f', outputSchema: 's', ephemeral: true, skipGitCheck: true, color: 'never' },
    ],
    [['--ignore-user-config', '--ignore-rules'], { ignoreUserConfig: true, ignoreRules: true }],
    [['--timeout', '1.5'], { timeLimit: 1500 }],
    [['review', '--uncommitted'], { review: { type: 'uncommittedChanges' } }],
    [['--json', 'review', '--base', 'main'], { json: true, review: { type: 'baseBranch', branch: 'main' } }],
    [['review', '--commit=1a2b'], { review: { type: 'commit', sha: '1a2b', title: null } }],
    [['review', 'x'], { review: { type: 'prompt' }, prompt: 'x' }],
    [['resume', 'ID', 'go'], { resume: byKey('ID'), prompt: 'go' }],
    [['--json', 'resume', 'ID'], { resume: byKey('ID'), json: true }],
    [['resume', 'ID', '-i', 'a', 'go'], { resume: byKey('ID'), images: ['a'], prompt: 'go' }],
    [['resume', '--last', 'go', '--json'], { resume: last, prompt: 'go', json: true }],
    [['resume', '--last', '--all'], { resume: { ...last, allFolders: true } }],
  ])('%j is understood', (argv, expected) => {
    expect(parseArguments(argv)).toEqual({ ...plain, ...expected });
  });

  it.each([
    [
      ['-mroot', '-sread-only', '-m', 'a', '--json', 'x'],
      2,
      { model: 'a', sandbox: 'read-only', json: true, prompt: 'x' },
    ],
    [['--full-auto', '--full-auto', 'x'], 1, { sandbox: 'workspace-write', prompt: 'x' }],
    [['--json', '-m', 'a', 'resume', 'ID', '--json', '-m', 'b'], 0, { resume: byKey('ID'), json: true, model: 'b' }],
    [['--image=a', 'x'], 1, { images: ['a'], prompt: 'x' }],
    [['-i', 'a', '-i', 'b', 'x'], 2, { images: ['a', 'b', 'x'] }],
  ])('%j counts the last of what stands on both sides of a subcommand (%i before it)', (argv, before, expected) => {
    expect(parseArguments(argv, before)).toEqual({ ...plain, ...expected });
  });

  it.each([
    [['--help'], 'help'],
    [['help'], 'help'],
    [['resume', '--help'], 'help'],
    [['-V'], 'version'],
  ])('%j is %s', (argv, kind) => {
    expect(parseArguments(argv).kind).toBe(kind);
  });

  it.each([
    [['--foo'], "unexpected argument '--foo' found"],
    [['-a', 'never'], "unexpected argument '-a' found"],
    [['--json', '--json'], "the argument '--json' cannot be used multiple times"],
    [['--json', '--experimental-json'], "the argument '--json' cannot be used multiple times"],
    [['resume', '--json', '--json', 'x'], "the argument '--json' cannot be used multiple times"],
    [['-m', 'a', '-m', 'b'], "the argument '--model' cannot be used multiple times"],
    [['-s', 'bad'], "invalid value 'bad' for '--sandbox'"],
    [['--color', 'red'], "invalid value 'red' for '--color'"],
    [['--full-auto', '--yolo'], 'cannot be used with'],
    [['-m'], "a value is required for '--model'"],
    [['-m', '--json'], "a value is required for '--model'"],
    [['--timeout', '0'], "invalid value '0' for '--timeout'"],
    [['--timeout=soon'], "invalid value 'soon' for '--timeout'"],
    [['--json=yes'], "unexpected value 'yes'"],
    [['a', 'b'], "unexpected argument 'b' found"],
    [['--last'], "unexpected argument '--last' found"],
    [['resume'], 'resume needs the id or name'],
    [['resume', 'ID', 'go', 'on'], "unexpected argument 'on' found"],
  ])('%j is explained', (argv, message) => {
    expect(parseArguments(argv)).toEqual({ kind: 'invalid', message: expect.stringContaining(message) });
  });

  it('is always answered', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('-c', 'resume', '--last', '--', '-i', '--json', '--__proto__=1'),
    );
    fc.assert(fc.property(fc.array(word, { maxLength: 6 }), (argv) => parseArguments(argv).kind.length > 0));
  });
});
