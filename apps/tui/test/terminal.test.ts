import { PassThrough } from 'node:stream';
import { manualClock } from '@codex/base';
import { expect, it } from 'vitest';
import type { Input } from '../src/keys.ts';
import { createTerminal } from '../src/terminal.ts';

function open() {
  const stdin = Object.assign(new PassThrough(), {
    modes: [] as boolean[],
    setRawMode: (raw: boolean) => stdin.modes.push(raw),
  });
  const stdout = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  const clock = manualClock();
  const terminal = createTerminal({ stdin, stdout, stderr: new PassThrough(), env: {}, cwd: '/' }, clock);
  const seen: (Input | string)[] = [];
  terminal.start({
    input: (input) => seen.push(input),
    resized: ({ columns, rows }) => seen.push(`${columns}x${rows}`),
    closed: () => seen.push('closed'),
  });
  return { stdin, stdout, clock, terminal, seen, written: () => String(stdout.read() ?? '') };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('an escape is a key when nothing follows it in time', async () => {
  const { stdin, clock, seen } = open();
  stdin.write('\u001b');
  await turn();
  expect(seen).toEqual([]);
  clock.advance(100);
  expect(seen).toEqual([{ kind: 'key', key: 'escape' }]);
  stdin.write('\u001b');
  stdin.write('[A');
  await turn();
  clock.advance(100);
  expect(seen.at(-1)).toEqual({ kind: 'key', key: 'up' });
});

it('tells sizes that a screen can have, and that nobody is there any more', async () => {
  const { stdin, stdout, terminal, seen } = open();
  Object.assign(stdout, { columns: 0, rows: 1 });
  stdout.emit('resize');
  expect(terminal.size).toEqual({ columns: 80, rows: 4 });
  stdin.end();
  await turn();
  await turn();
  expect(seen).toEqual(['80x4', 'closed']);
});

it('is put back once, from whatever screen, and writes nothing afterwards', () => {
  const { stdin, terminal, written } = open();
  terminal.enterAlternate();
  terminal.enterAlternate();
  expect(written().match(/1049h/g)).toHaveLength(1);
  terminal.stop();
  terminal.stop();
  terminal.write('late');
  const text = written();
  expect(text.match(/1049l/g)).toHaveLength(1);
  expect(text).toContain('\u001b[?2004l');
  expect(text).not.toContain('late');
  expect(stdin.modes).toEqual([true, false]);
});
