import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandAction, summarize } from '../src/index.ts';

const sh = (script: string) => summarize(['bash', '-lc', script]);
const read = (path: string, name: string, command: string): CommandAction => ({ type: 'read', command, name, path });
const list = (path: string | null, command: string): CommandAction => ({ type: 'listFiles', command, path });
const search = (query: string | null, path: string | null, command: string): CommandAction => ({
  type: 'search',
  command,
  query,
  path,
});

/** Input, and the one action expected; without a command of its own the action carries the whole input. */
type Row = [script: string, action: (command: string) => CommandAction, command?: string];
const reads =
  (path: string, name = path) =>
  (command: string) =>
    read(path, name, command);
const lists =
  (path: string | null = null) =>
  (command: string) =>
    list(path, command);
const searches =
  (query: string | null, path: string | null = null) =>
  (command: string) =>
    search(query, path, command);

const rows: Row[] = [
  ['cat pkg/README.md', reads('pkg/README.md', 'README.md')],
  ['cd foo && cat foo.txt', reads('foo/foo.txt', 'foo.txt'), 'cat foo.txt'],
  ["ls -la | sed -n '1,120p'", lists(), 'ls -la'],
  ['rg -n TODO src', searches('TODO', 'src')],
  ['grep -R X -n core/src/spawn.rs', searches('X', 'spawn.rs')],
  ['rg --files | head -n 50', lists(), 'rg --files'],
  ['rg --files webview/src', lists('webview')],
  ["sed -n '10,20p' a/b.ts", reads('a/b.ts', 'b.ts')],
  ["nl -ba a/b.ts | sed -n '1,9p'", reads('a/b.ts', 'b.ts')],
  ['true && rg --files', lists(), 'rg --files'],
  ['rg -l X src | xargs grep foo', searches('X', 'src'), 'rg -l X src'],
  ['head -n50 Cargo.toml', reads('Cargo.toml')],
  ['head -n 50 Cargo.toml', reads('Cargo.toml')],
  ['tail -n +522 README.md', reads('README.md')],
  ['tail README.md', reads('README.md')],
  ["find . -name '*.ts'", searches('*.ts', '.')],
  ["find . -maxdepth 2 -path '*/x/*'", searches('*/x/*', '.')],
  ['find -name x', searches('x')],
  ['find src', lists('src')],
  ['find src -type f', lists('src')],
  ['find', lists()],
  ['echo hi && ls src', lists('src'), 'ls src'],
  ['echo hi; cat a.txt', reads('a.txt'), 'cat a.txt'],
  ['ls', lists()],
  ['ls /', lists('/')],
  ['ls ./', lists('.')],
  ['ls -- -x', lists('-x')],
  ['ls -I x src', lists('src')],
  ['ls a/src/dist', lists('a')],
  ["ls 'a b'", lists('a b')],
  ['eza --git-ignore src', lists('src')],
  ['tree -L 2 src', lists('src')],
  ['du -d 1 x', lists('x')],
  ['git ls-files', lists()],
  ['git ls-files --exclude x src', lists('src')],
  ['git grep -n TODO src', searches('TODO', 'src')],
  ['git grep TODO -- src', searches('TODO', 'src')],
  ['git grep -e foo bar', searches('foo', 'bar')],
  ['rg', searches(null)],
  ["rg -g '*.ts' foo src", searches('foo', 'src')],
  ['rg -e foo src', searches('foo', 'src')],
  ['rg -A 3 foo bar', searches('foo', 'bar')],
  ['rg -- -x src', searches('-x', 'src')],
  ["rg 'foo|bar' src", searches('foo|bar', 'src')],
  ['rg "a b" src', searches('a b', 'src'), "rg 'a b' src"],
  ['rga foo', searches('foo')],
  ['fd', lists()],
  ['fd foo src', searches('foo', 'src')],
  ['fd -t f src', searches('src')],
  ['fd src/x', lists('x')],
  ['fd -e ts', lists()],
  ["grep -rn foo src --include '*.ts'", searches('foo', 'src')],
  ['grep -- -x src', searches('-x', 'src')],
  ['grep -e foo a', searches('foo', 'a')],
  ['egrep foo x/y', searches('foo', 'y')],
  ['fgrep -r foo x/y', searches('foo', 'y')],
  ['ag foo src', searches('foo', 'src')],
  ['ack foo', searches('foo')],
  ['pt foo dir/a', searches('foo', 'a')],
  ['bat --theme x a.txt', reads('a.txt')],
  ['less -p foo a.txt', reads('a.txt')],
  ['more a.txt', reads('a.txt')],
  ['cat -n a.txt', reads('a.txt')],
  ['cat -- -x', reads('-x')],
  ['cat node_modules/src', reads('node_modules/src')],
  ['cat a/dist/', reads('a/dist/', 'a')],
  ["awk -F: '{print $1}' a.txt", (command) => read('a.txt', 'a.txt', command), `awk -F: '{print $1}' a.txt`],
  ['nl -s x a.txt', reads('a.txt')],
  ['sed -n 5p a.txt', reads('a.txt')],
  ['sed -n -e 1,5p a.txt', reads('a.txt'), "sed -n -e '1,5p' a.txt"],
  ['python3 -c "import os; print(os.listdir(\'.\'))"', lists(), `python3 -c "import os; print(os.listdir('.'))"`],
  ["python3.11 -c 'import glob; glob.glob(x)'", lists()],
  ['cd a && cd b && cat c', reads('a/b/c', 'c'), 'cat c'],
  ['cd a; cat c', reads('a/c', 'c'), 'cat c'],
  ['cd -- -a && cat c', reads('-a/c', 'c'), 'cat c'],
  ['cd a b && cat c', reads('b/c', 'c'), 'cat c'],
  ['cd a/ && cat /abs/c', reads('/abs/c', 'c'), 'cat /abs/c'],
  ['cd && cat c', reads('c'), 'cat c'],
  ['cd a && ls src', lists('src'), 'ls src'],
  ['cd a && cat b | sed -n 1,2p', reads('a/b', 'b')],
  ['cat a.txt | wc -l', reads('a.txt'), 'cat a.txt'],
  ['cat a.txt | sort | uniq', reads('a.txt'), 'cat a.txt'],
  ["cat a.txt | sed 's/x/y/'", reads('a.txt'), 'cat a.txt'],
  ['cat a.txt | head -n 5', reads('a.txt'), 'cat a.txt'],
  ['cat a.txt || true', reads('a.txt'), 'cat a.txt'],
  ['ls && ls', lists(), 'ls'],
  ["ls | sort | awk '{print $1}'", lists(), 'ls'],
  ['printf x | cat a.txt', reads('a.txt'), 'cat a.txt'],
  ['cat "a b.txt"', reads('a b.txt'), "cat 'a b.txt'"],
  ['cat a\\ b', reads('a b'), "cat 'a b'"],
  ['cat *.ts', reads('*.ts'), "cat '*.ts'"],
  ['ls;', lists(), 'ls'],
];

describe('summarize', () => {
  it.each(rows)('%s', (script, action, command = script) => {
    expect(sh(script)).toEqual([action(command)]);
  });

  it.each([
    ...[
      'git status | wc -l',
      'npm run build',
      'rg -l X src | xargs perl -pi -e s/a/b/',
      'ls | xargs sed -i s/a/b/',
      'ls | xargs rm',
    ],
    ...[
      'cat a.txt && npm test',
      'ls && pwd',
      'cat a.txt; echo hi',
      'echo a && echo b',
      'cat $HOME/x',
      '(ls)',
      'ls > out',
      'ls &',
    ],
    ...[
      'cat a b',
      'cat',
      'head -n 5',
      'tail -f x.log',
      'head -c 10 x',
      'nl -ba',
      'wc -l x',
      'true',
      'git log',
      '/bin/ls',
      'ls|cat',
    ],
    ...["python -c 'print(1)'", "bash -lc 'ls src'", 'read line; echo "got $line"', '', 'ls # note', 'sed -i s/a/b/ x'],
    ...["sed -n '5,9p'", 'sed -n -f x y', 'ls | xargs -n 1 -- rm'],
  ])('does not guess at %j', (script) => {
    expect(sh(script)).toEqual([{ type: 'unknown', command: script }]);
  });

  it('lists several actions in order', () => {
    expect(sh('cat a.txt; cat b.txt')).toEqual([
      read('a.txt', 'a.txt', 'cat a.txt'),
      read('b.txt', 'b.txt', 'cat b.txt'),
    ]);
    expect(sh('ls | grep foo')).toEqual([list(null, 'ls'), search('foo', null, 'grep foo')]);
    expect(sh('ls | wc -l && cat a.txt | sed -n 1,2p')).toEqual([
      list(null, 'ls'),
      read('a.txt', 'a.txt', 'cat a.txt'),
    ]);
    expect(sh('cd a')).toEqual([]);
    expect(sh('true; true')).toEqual([]);
  });

  it('summarizes commands that are no shell call', () => {
    expect(summarize(['cat', 'a b'])).toEqual([read('a b', 'a b', "cat 'a b'")]);
    expect(summarize(['npm', 'run', 'a b'])).toEqual([{ type: 'unknown', command: "npm run 'a b'" }]);
    expect(summarize(['rg', 'a|b', 'src'])).toEqual([search('a|b', 'src', "rg 'a|b' src")]);
    expect(summarize([])).toEqual([{ type: 'unknown', command: '' }]);
  });

  it('never throws, and tells no unknown beside something known', () => {
    const programs =
      'cat cd ls rg fd find grep git sed awk nl head tail xargs python3 echo true bat less du tree'.split(' ');
    const word = fc.oneof(
      fc.constantFrom(...programs, '-n', '--', '-e', '-c', '-', '|', '&&', ';', '1,2p', 'src'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        for (const actions of [summarize(words), sh(words.join(' '))]) {
          expect(actions.length <= 1 || actions.every((action) => action.type !== 'unknown')).toBe(true);
        }
      }),
    );
  });
});
