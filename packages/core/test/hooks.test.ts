import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gate, inputTexts, say, type Step } from '@codex/mock-model';
import type { HookRunSummary } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { CLIENT, isAlive, rig, type Rig, shown, type Talk } from './harness.ts';

const ON = { 'features.codex_hooks': true };

interface Hooks {
  SessionStart?: unknown;
  Stop?: unknown;
}

/** A rig whose home has these hooks. `{home}` in them is its path. */
async function hooked(hooks: Hooks | string, steps: Step[] = []): Promise<Rig> {
  const world = await rig(steps);
  const text = typeof hooks === 'string' ? hooks : JSON.stringify({ hooks });
  writeFileSync(path.join(world.home, 'hooks.json'), text.replaceAll('{home}', world.home));
  return world;
}

const sh = (command: string, more: object = {}) => ({ type: 'command', command, ...more });
const one = (...hooks: object[]) => [{ hooks }];
const answer = (value: object) => sh(`echo '${JSON.stringify(value)}'`);
const block = (reason: string) => answer({ decision: 'block', reason });

const runs = (talk: Talk): HookRunSummary[] => talk.all('turn.hook').map(({ run }) => run);
const ends = (talk: Talk): HookRunSummary[] => runs(talk).filter(({ status }) => status !== 'running');
/** Status and entries of each hook that ended. */
const outcomes = (talk: Talk) =>
  ends(talk).map(({ status, entries }) => [status, ...entries.map((e) => Object.values(e))]);
const told = (world: Rig, call: number) => inputTexts(world.model.calls[call]!, 'developer').at(-1);
const warnings = (talk: Talk) => talk.all('notice').map(({ message }) => message);
const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('hooks of the start of a session', () => {
  it('run once, in the first turn, and give the model context behind what the user said', async () => {
    const world = await hooked({ SessionStart: one(sh('echo " hello "', { statusMessage: 'warming up' })) }, [
      say('1'),
      say('2'),
    ]);
    const talk = await world.start(ON);
    await talk.turn('go');
    const run = {
      id: `session-start:0:${world.home}/hooks.json`,
      eventName: 'sessionStart',
      handlerType: 'command',
      executionMode: 'sync',
      scope: 'thread',
      sourcePath: `${world.home}/hooks.json`,
      displayOrder: 0,
      statusMessage: 'warming up',
    };
    const now = Date.now() / 1000;
    const [begun, ended] = runs(talk);
    expect(begun).toMatchObject({ ...run, status: 'running', completedAt: null, durationMs: null, entries: [] });
    expect(ended).toMatchObject({ ...run, status: 'completed', entries: [{ kind: 'context', text: 'hello' }] });
    expect(Math.abs((ended?.startedAt ?? 0) - now)).toBeLessThan(60);
    expect(ended?.durationMs).toBeGreaterThanOrEqual(0);
    expect(talk.shape().slice(0, 7)).toEqual([
      'thread.status',
      'turn.started',
      'turn.context',
      'item.started userMessage',
      'item.completed userMessage',
      'turn.hook',
      'turn.hook',
    ]);
    const { input } = world.model.calls[0]!.body as { input: { role: string }[] };
    expect(input.slice(-2).map(({ role }) => role)).toEqual(['user', 'developer']);
    expect(told(world, 0)).toBe('hello');
    await talk.turn('again');
    expect(runs(talk)).toHaveLength(2);
  });

  it('are told of the session on their input, in the environment and folder of the program', async () => {
    const world = await hooked(
      {
        SessionStart: one(sh('cat > {home}/in.json; echo "$PWD $HOME" > {home}/place')),
        Stop: one(
          sh(
            'cat > {home}/stop.json; cat "$(sed \'s/.*"transcript_path":"\\([^"]*\\)".*/\\1/\' {home}/stop.json)" > {home}/seen',
          ),
        ),
      },
      [say('done')],
    );
    const talk = await world.start({ ...ON, approval_policy: 'on-request' });
    await talk.turn('go');
    const session = {
      session_id: talk.thread.id,
      transcript_path: talk.thread.header.path,
      cwd: world.cwd,
      model: 'gpt-5.2-codex',
      permission_mode: 'default',
    };
    expect(json(`${world.home}/in.json`)).toEqual({ ...session, hook_event_name: 'SessionStart', source: 'startup' });
    const stop = { hook_event_name: 'Stop', stop_hook_active: false, last_assistant_message: 'done' };
    expect(json(`${world.home}/stop.json`)).toEqual({ ...session, ...stop });
    expect(readFileSync(`${world.home}/place`, 'utf8')).toBe(`${world.cwd} ${world.home}\n`);
    // The transcript has what was said so far.
    expect(readFileSync(`${world.home}/seen`, 'utf8')).toContain('"done"');
  });

  it('hear of no transcript where there is none', async () => {
    const world = await hooked({ SessionStart: one(sh('cat > {home}/in.json')) }, [say('1')]);
    const talk = await world.start(ON, { ephemeral: true });
    await talk.turn('go');
    expect(json(`${world.home}/in.json`)).toMatchObject({ transcript_path: null });
  });

  it('are chosen by how the session began', async () => {
    const world = await hooked(
      {
        SessionStart: [
          { matcher: '^start', hooks: [sh('cat > {home}/never-read; echo fresh')] },
          { matcher: 'resume', hooks: [sh('cat > {home}/in.json; echo back')] },
          { matcher: '', hooks: [sh('echo always')] },
        ],
      },
      [say('1'), say('2'), say('3')],
    );
    const talk = await world.start(ON);
    await talk.turn('one');
    expect(told(world, 0)).toBe('fresh\n\nalways');
    const { path: file } = talk.thread.header;
    await talk.thread.close();
    const back = await world.resume(file!, { ...ON, approval_policy: 'never' });
    await back.turn('two');
    expect(told(world, 1)).toBe('back\n\nalways');
    expect(json(`${world.home}/in.json`)).toMatchObject({ source: 'resume', permission_mode: 'bypassPermissions' });
    const options = { config: await world.config(ON), source: 'appServer', client: CLIENT, path: file! } as const;
    const branch = await shown(await world.threads.fork(options));
    await branch.turn('three');
    expect(told(world, 2)).toBe('fresh\n\nalways');
  });

  it('run side by side and are told of in their order', async () => {
    const wait = (mine: string, other: string) =>
      `echo > {home}/${mine}; until [ -e {home}/${other} ]; do sleep 0.02; done; echo ${mine}`;
    const world = await hooked({ SessionStart: one(sh(wait('a', 'b')), sh(wait('b', 'a'))) }, [say('1')]);
    const talk = await world.start(ON);
    await talk.turn('go');
    expect(runs(talk).map(({ displayOrder, status }) => `${displayOrder} ${status}`)).toEqual([
      '0 running',
      '1 running',
      '0 completed',
      '1 completed',
    ]);
    expect(told(world, 0)).toBe('a\n\nb');
  });

  it('say in JSON what is context, what a warning; what fails is told and the turn goes on', async () => {
    const context = { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: 'facts' } };
    const invalid = ['failed', ['error', 'hook returned invalid session start JSON output']];
    const cases: [hook: object, outcome: unknown][] = [
      [
        answer({ ...context, systemMessage: 'careful', suppressOutput: true }),
        ['completed', ['warning', 'careful'], ['context', 'facts']],
      ],
      [answer({ systemMessage: null }), ['completed']],
      [sh('true'), ['completed']],
      [sh('echo null'), ['completed', ['context', 'null']]],
      [sh('echo "{"'), invalid],
      [sh('echo "[1]"'), invalid],
      [answer({ continue: null }), invalid],
      [answer({ decision: 'block', reason: 'not here' }), invalid],
      [answer({ hookSpecificOutput: { additionalContext: 'whose?' } }), invalid],
      [sh('echo out; exit 3'), ['failed', ['error', 'hook exited with code 3']]],
      [sh('echo err >&2; exit 2'), ['failed', ['error', 'hook exited with code 2']]],
      [sh('/no/such/program 2>&1'), ['failed', ['error', 'hook exited with code 127']]],
      [sh('sleep 60', { timeout: 0 }), ['failed', ['error', 'hook timed out after 1s']]],
    ];
    const world = await hooked({ SessionStart: one(...cases.map(([hook]) => hook)) }, [say('1')]);
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(outcomes(talk)).toEqual(cases.map(([, outcome]) => outcome));
    expect(told(world, 0)).toBe('facts\n\nnull');
  });

  it('may stop the turn before the model is called; the next one goes its way', async () => {
    const stop = {
      continue: false,
      stopReason: 'not today',
      hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: 'x' },
    };
    const world = await hooked({ SessionStart: one(answer(stop), sh('echo other')) }, [say('1')]);
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed', error: null });
    expect(outcomes(talk)).toEqual([
      ['stopped', ['context', 'x'], ['stop', 'not today']],
      ['completed', ['context', 'other']],
    ]);
    expect(world.model.calls).toHaveLength(0);
    await talk.turn('and now');
    expect(inputTexts(world.model.calls[0]!, 'user').slice(-2)).toEqual(['go', 'and now']);
    expect(inputTexts(world.model.calls[0]!, 'developer')).not.toContain('other');
  });

  it('give the model no more than a tool might', async () => {
    const world = await hooked({ SessionStart: one(sh('head -c 200000 /dev/zero | tr "\\0" x')) }, [say('1')]);
    const talk = await world.start(ON);
    await talk.turn('go');
    expect(told(world, 0)).toMatch(/^x+…\d+ tokens truncated…x+$/);
  });
});

describe('hooks of the end of a turn', () => {
  it('make the model go on until they are content, by JSON or by exit code 2', async () => {
    const world = await hooked(
      {
        Stop: [
          {
            matcher: 'of no meaning',
            hooks: [
              sh(
                'cat >> {home}/in; echo >> {home}/in; [ $(wc -l < {home}/in) = 3 ] || echo \'{"decision":"block","reason":" more "}\'',
              ),
            ],
          },
          { hooks: [sh('echo >> {home}/rounds; [ $(wc -l < {home}/rounds) = 3 ] || { echo again >&2; exit 2; }')] },
        ],
      },
      [say('1'), say('2'), say('3'), say('4')],
    );
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(world.model.calls).toHaveLength(3);
    expect(told(world, 1)).toBe('more\n\nagain');
    const round = [
      ['blocked', ['feedback', 'more']],
      ['blocked', ['feedback', 'again']],
    ];
    expect(outcomes(talk)).toEqual([...round, ...round, ['completed'], ['completed']]);
    expect(runs(talk)[0]).toMatchObject({ id: `stop:0:${world.home}/hooks.json`, eventName: 'stop', scope: 'turn' });
    const inputs = readFileSync(`${world.home}/in`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(inputs).toMatchObject([
      { stop_hook_active: false, last_assistant_message: '1' },
      { stop_hook_active: true, last_assistant_message: '2' },
      { stop_hook_active: true, last_assistant_message: '3' },
    ]);
    // A turn of its own begins anew.
    await talk.turn('next');
    expect(readFileSync(`${world.home}/in`, 'utf8').trim().split('\n')[3]).toContain('"stop_hook_active":false');
  });

  it('cannot keep a turn for ever', async () => {
    const world = await hooked(
      { Stop: one(block('more')) },
      Array.from({ length: 60 }, (_, i) => say(`${i}`)),
    );
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(world.model.calls).toHaveLength(51);
    expect(warnings(talk)).toEqual([expect.stringContaining('go on 50 times')]);
  });

  it('say in JSON what they want; what fails is told and the turn ends', async () => {
    const invalid = ['failed', ['error', 'hook returned invalid stop hook JSON output']];
    const reasonless = ['failed', ['error', 'Stop hook returned decision:block without a non-empty reason']];
    const cases: [hook: object, outcome: unknown][] = [
      [sh('echo " "'), ['completed']],
      [answer({ systemMessage: 'w', reason: 'unused' }), ['completed', ['warning', 'w']]],
      [answer({ decision: 'block' }), reasonless],
      [block('  '), reasonless],
      [answer({ decision: 'approve' }), invalid],
      [answer({ hookSpecificOutput: { hookEventName: 'Stop' } }), invalid],
      [sh('echo plain'), invalid],
      [sh('exit 1'), ['failed', ['error', 'hook exited with code 1']]],
      [
        sh('exit 2'),
        ['failed', ['error', 'Stop hook exited with code 2 but did not write a continuation prompt to stderr']],
      ],
    ];
    const world = await hooked({ Stop: one(...cases.map(([hook]) => hook)) }, [say('1')]);
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(outcomes(talk)).toEqual(cases.map(([, outcome]) => outcome));
    expect(world.model.calls).toHaveLength(1);
  });

  it('one that stops the turn outweighs one that blocks', async () => {
    const stop = { continue: false, stopReason: 'enough', decision: 'block', reason: 'r' };
    const world = await hooked({ Stop: one(answer(stop), block('more')) }, [say('1')]);
    const talk = await world.start(ON);
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(outcomes(talk)).toEqual([
      ['stopped', ['stop', 'enough']],
      ['blocked', ['feedback', 'more']],
    ]);
    expect(world.model.calls).toHaveLength(1);
  });

  it('input that comes while they run is answered by the same turn', async () => {
    const world = await hooked({ Stop: one(sh('echo > {home}/runs; until [ -e {home}/go ]; do sleep 0.02; done')) }, [
      say('1'),
      say('2'),
    ]);
    const talk = await world.start(ON);
    const id = talk.begin('go');
    await talk.until('turn.hook');
    talk.thread.steer([{ type: 'text', text: 'one more', text_elements: [] }], id);
    writeFileSync(`${world.home}/go`, '');
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(inputTexts(world.model.calls[1]!, 'user').at(-1)).toBe('one more');
    expect(runs(talk)).toHaveLength(4);
  });
});

describe('an interrupt', () => {
  it('ends a running hook with all it started', async () => {
    const world = await hooked(
      {
        SessionStart: one(
          sh('sleep 60 & echo $! > {home}/child; echo $$ > {home}/pid.tmp; mv {home}/pid.tmp {home}/pid; wait'),
        ),
        Stop: one(sh('true')),
      },
      [say('1')],
    );
    const talk = await world.start(ON);
    const id = talk.begin('go');
    await expect.poll(() => existsSync(`${world.home}/pid`)).toBe(true);
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted', error: null });
    expect(outcomes(talk)).toEqual([['failed', ['error', 'hook was interrupted']]]);
    for (const name of ['pid', 'child']) {
      const pid = Number(readFileSync(`${world.home}/${name}`, 'utf8'));
      await expect.poll(() => isAlive(pid)).toBe(false);
    }
    expect(world.model.calls).toHaveLength(0);
    // The session has begun by now.
    await talk.turn('again');
    expect(ends(talk).map(({ eventName }) => eventName)).toEqual(['sessionStart', 'stop']);
  });

  it('of the model runs no hook of the end', async () => {
    const world = await hooked({ Stop: one(sh('true')) }, [[gate('never')]]);
    const talk = await world.start(ON);
    const id = talk.begin('go');
    await expect.poll(() => world.model.calls.length).toBe(1);
    await talk.thread.interrupt();
    await talk.ended(id);
    expect(runs(talk)).toEqual([]);
  });
});

describe('hooks.json', () => {
  it('is not looked at without the feature', async () => {
    const world = await hooked('{ broken', [say('1')]);
    const talk = await world.start();
    await talk.turn('go');
    expect([runs(talk), warnings(talk)]).toEqual([[], []]);
  });

  it.each(['{"hooks": {', '[]', 'null', '{"hooks":[]}', '{"hooks":{"Stop":{}}}', '{"hooks":{"Stop":[1]}}', '\u0000'])(
    'that makes no sense is warned about and harms nothing: %j',
    async (text) => {
      const world = await hooked(text, [say('1')]);
      const talk = await world.start(ON);
      expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
      expect(warnings(talk)).toEqual([expect.stringContaining(`hooks config ${world.home}/hooks.json`)]);
    },
  );

  it('that is not there, or knows other events, is none', async () => {
    const world = await hooked({ PreToolUse: 'whatever' } as Hooks, [say('1')]);
    const talk = await world.start(ON);
    await talk.turn('go');
    expect([runs(talk), warnings(talk)]).toEqual([[], []]);
  });

  it('a hook that cannot be run is left out by name, the others count', async () => {
    const world = await hooked(
      {
        SessionStart: [
          { matcher: '(', hooks: [sh('echo never')] },
          { matcher: 7, hooks: [sh('echo never')] },
          {
            hooks: [
              sh('echo never', { async: true }),
              { type: 'prompt', prompt: 'x' },
              { type: 'agent' },
              { type: 'other' },
              sh(' '),
              sh('true', { timeout: 'long' }),
              'text',
              sh('echo this', { timeoutSec: 5, unknown: 1 }),
            ],
          },
          'text',
        ],
      },
      [say('1')],
    );
    const talk = await world.start(ON);
    await talk.turn('go');
    expect(told(world, 0)).toBe('this');
    expect(ends(talk).map(({ displayOrder }) => displayOrder)).toEqual([0]);
    const place = 'hooks.SessionStart';
    expect(warnings(talk).map((text) => text.slice(`hooks config ${world.home}/hooks.json: `.length))).toEqual([
      expect.stringMatching(/^hooks\.SessionStart\[0\]\.matcher is skipped: Invalid regular expression/),
      `${place}[1].matcher must be a text`,
      `${place}[2].hooks[0] is skipped: async hooks are not supported`,
      `${place}[2].hooks[1] is skipped: prompt hooks are not supported`,
      `${place}[2].hooks[2] is skipped: agent hooks are not supported`,
      `${place}[2].hooks[3] needs a type, one of command, prompt, agent`,
      `${place}[2].hooks[4] needs a command`,
      `${place}[2].hooks[5] needs a timeout in seconds`,
      `${place}[2].hooks[6] must be an object`,
      `${place}[3] must be an object`,
    ]);
  });

  it('of a project counts when its user trusts it, behind that of the home', async () => {
    const world = await hooked({ SessionStart: one(sh('echo home')), Stop: one(sh('true')) }, [say('1'), say('2')]);
    mkdirSync(`${world.cwd}/.codex`);
    writeFileSync(
      `${world.cwd}/.codex/hooks.json`,
      JSON.stringify({ hooks: { SessionStart: one(sh('echo project')) } }),
    );
    await (await world.start(ON)).turn('go');
    expect(told(world, 0)).toBe('home');
    writeFileSync(`${world.home}/config.toml`, `[projects."${world.cwd}"]\ntrust_level = "trusted"\n`);
    const talk = await world.start(ON);
    await talk.turn('go');
    expect(told(world, 1)).toBe('home\n\nproject');
    expect(ends(talk).map(({ id }) => id)).toEqual([
      `session-start:0:${world.home}/hooks.json`,
      `session-start:2:${world.cwd}/.codex/hooks.json`,
      `stop:1:${world.home}/hooks.json`,
    ]);
  });
});
