import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, http, inputTexts, say, type Step } from '@codex/mock-model';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, bench } from './kit.ts';

let open: Bench | undefined;
afterEach(() => open?.close());

async function set(...steps: Step[]): Promise<Bench> {
  open = await bench(...steps);
  return open;
}

const finding = {
  title: 'T1',
  body: 'B1',
  code_location: { absolute_file_path: '/x.rs', line_range: { start: 3, end: 5 } },
};
const answer = say(JSON.stringify({ findings: [finding], overall_explanation: 'Because.' }));
const text = 'Because.\n\nReview comment:\n\n- T1 — /x.rs:3-5\n  B1';

describe('exec review', () => {
  it('prints events of the reviewer and what it found', async () => {
    const { exec, folder, model } = await set([call('shell_command', { command: 'echo hi' }, 'c1')], [answer]);
    const line = [
      '-s',
      'danger-full-access',
      'review',
      '--json',
      '--commit',
      'abcdef123456',
      '--title',
      'Ti',
      '-o',
      'out',
    ];
    const { code, events } = await exec(line);
    const command = { id: 'item_0', type: 'command_execution', command: "/bin/bash -lc 'echo hi'" };
    expect(events).toMatchObject([
      { type: 'thread.started' },
      { type: 'turn.started' },
      { type: 'item.started', item: { ...command, status: 'in_progress' } },
      { type: 'item.completed', item: { ...command, status: 'completed' } },
      { type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text } },
      { type: 'turn.completed' },
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(text);
    expect(inputTexts((await model.waitForCalls(1))[0] as never).join()).toContain('abcdef123456 ("Ti")');
  });

  it('as text tells what is reviewed; the review is the answer', async () => {
    const { exec, folder, env } = await set([answer]);
    execFileSync('git', ['init', '-q'], { cwd: folder, env });
    writeFileSync(join(folder, 'a.txt'), 'x');
    const { code, stdout, stderr } = await exec(['review', '--uncommitted']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${text}\n` });
    expect(stderr).toContain('user\ncurrent changes\n');
  });

  it('takes instructions from stdin', async () => {
    const { exec, model } = await set([say('looks fine')]);
    const { code, stdout } = await exec(['review', '-'], { stdin: 'look at b\n' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'looks fine\n' });
    expect(inputTexts((await model.waitForCalls(1))[0] as never).join()).toContain('look at b');
  });

  it('that fails is a failed turn', async () => {
    const { exec } = await set(http(400, { error: { message: 'no such model' } }));
    const { code, events } = await exec(['review', '--json', 'x']);
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'turn.failed' });
  });

  it.each([
    [[], 'Error: Specify --uncommitted, --base, --commit, or provide custom review instructions\n'],
    [[''], 'Error: Review prompt cannot be empty\n'],
  ])('needs a target: %j', async (words, stderr) => {
    const { exec } = await set();
    expect(await exec(['review', ...words])).toMatchObject({ code: 1, stdout: '', stderr });
  });

  it.each([
    [['review', '--uncommitted', '--base', 'x'], "the argument '--uncommitted' cannot be used with '--base <BRANCH>'"],
    [['review', '--uncommitted', 'hello'], "the argument '--uncommitted' cannot be used with '[PROMPT]'"],
    [['review', '--title', 'T'], 'the following required arguments were not provided:\n  --commit <SHA>'],
    [['review', 'a', 'b'], "unexpected argument 'b' found"],
    [['review', '--base'], "a value is required for '--base' but none was supplied"],
    [['review', '--last'], "unexpected argument '--last' found"],
    [['review', '-s', 'read-only'], "unexpected argument '-s' found"],
    [['--base', 'x', 'review'], "unexpected argument '--base' found"],
    [['--image=x', '--json', 'review', 'y'], "the argument '--image' cannot be used with 'review'"],
  ])('command line %j', async (words, message) => {
    const { exec } = await set();
    const { code, stderr } = await exec(words, { bare: true });
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}\n`);
  });
});
