import fs from 'node:fs';
import path from 'node:path';
import { ask, picture } from './model-script.mjs';
import { each } from './world.mjs';

const MODEL = 'gpt-5.2-codex';
const PLAN_MODE = {
  collaborationMode: { mode: 'plan', settings: { model: MODEL, reasoning_effort: null, developer_instructions: null } },
};
const LOOKUP = {
  name: 'lookup',
  description: 'Looks something up.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
};
const say = (text) => ({ type: 'text', text, text_elements: [] });

/** One turn, waited for. */
export async function turn(program, threadId, text, params = {}) {
  const { id } = await program.begin(threadId, text, params);
  return program.completed(id);
}

const turns =
  (...names) =>
  async ({ program, thread }) => {
    for (const name of names) await turn(program, thread.id, ask(name));
  };

const asks =
  (method, result, ...names) =>
  async ({ program, thread }) => {
    program.answers[method] = () => result;
    for (const name of names) await turn(program, thread.id, ask(name));
  };

const APPROVAL = 'item/commandExecution/requestApproval';
const PATCH_APPROVAL = 'item/fileChange/requestApproval';
const careful = { approvalPolicy: 'untrusted' };

/**
 * Small conversations that leave every kind of item, and every way in which one ends. `run` gets { program, thread,
 * dirs }; the thread is started with `params`.
 */
export const SCENARIOS = {
  talk: { run: turns('say', 'stream', 'say') },
  commands: { run: turns('fine', 'failing', 'loud', 'parallel', 'session') },
  loud: { run: async ({ program, thread }) => void (await turn(program, thread.id, ask('loud', 20_000))) },
  patches: { run: turns('patch', 'patchBad', 'patchShell') },
  declined: { params: careful, run: asks(APPROVAL, { decision: 'decline' }, 'touch') },
  accepted: { params: careful, run: asks(APPROVAL, { decision: 'accept' }, 'touch') },
  cancelled: { params: careful, run: asks(APPROVAL, { decision: 'cancel' }, 'touch') },
  patchDeclined: { params: careful, run: asks(PATCH_APPROVAL, { decision: 'decline' }, 'patch') },
  patchAccepted: { params: careful, run: asks(PATCH_APPROVAL, { decision: 'accept' }, 'patch') },
  search: { run: turns('search') },
  plan: { run: turns('plan') },
  propose: { run: async ({ program, thread }) => void (await turn(program, thread.id, ask('propose'), PLAN_MODE)) },
  question: {
    async run({ program, thread }) {
      program.answers['item/tool/requestUserInput'] = () => ({ answers: { color: { answers: ['Blue'] } } });
      await turn(program, thread.id, ask('question'), PLAN_MODE);
    },
  },
  image: {
    async run({ program, thread, dirs }) {
      const file = path.join(dirs.cwd, 'dot.png');
      fs.writeFileSync(file, picture());
      await turn(program, thread.id, ask('image'));
      const url = `data:image/png;base64,${picture().toString('base64')}`;
      const input = [say(ask('say')), { type: 'localImage', path: file }, { type: 'image', url }];
      const { turn: begun } = await program.request('turn/start', { threadId: thread.id, input });
      await program.completed(begun.id);
    },
  },
  tool: {
    params: { dynamicTools: [LOOKUP] },
    async run({ program, thread }) {
      let calls = 0;
      program.answers['item/tool/call'] = () => ({
        success: calls++ === 0,
        contentItems: [
          { type: 'inputText', text: 'rainy' },
          { type: 'inputImage', imageUrl: 'data:image/png;base64,AAAA' },
        ],
      });
      await turn(program, thread.id, ask('tool'));
    },
  },
  agents: { run: turns('agents') },
  failures: { run: turns('failed', 'refused', 'cut', 'unknown', 'say') },
  interrupted: {
    async run({ program, thread }) {
      for (const [name, sign] of [
        ['stall', 'item/agentMessage/delta'],
        ['sleep', 'item/commandExecution/outputDelta'],
      ]) {
        const { id } = await program.begin(thread.id, ask(name, 30));
        await program.waitFor((m) => m.method === sign && m.params.turnId === id, sign);
        await program.request('turn/interrupt', { threadId: thread.id, turnId: id });
        await program.completed(id);
      }
      await turn(program, thread.id, ask('say'));
    },
  },
  steered: {
    async run({ program, thread }) {
      const { id } = await program.begin(thread.id, ask('sleep', 1));
      await program.waitFor(
        (m) => m.method === 'item/commandExecution/outputDelta' && m.params.turnId === id,
        'output',
      );
      await program.request('turn/steer', { threadId: thread.id, expectedTurnId: id, input: [say('and more')] });
      await program.completed(id);
    },
  },
  compacted: {
    async run({ program, thread }) {
      await turn(program, thread.id, ask('say'));
      const from = program.messages.length;
      await program.request('thread/compact/start', { threadId: thread.id });
      await program.waitFor((m) => m.method === 'turn/completed', 'end of compaction', { from });
      await turn(program, thread.id, ask('say'));
    },
  },
  compactedByItself: {
    params: { config: { model_auto_compact_token_limit: 1000 } },
    run: turns('fill', 'say', 'work'),
  },
  rolledBack: {
    async run({ program, thread }) {
      await turns('say', 'fine', 'say')({ program, thread });
      await program.request('thread/rollback', { threadId: thread.id, numTurns: 2 });
      await turn(program, thread.id, ask('patch'));
    },
  },
  forked: {
    async run({ program, thread }) {
      await turns('say', 'fine')({ program, thread });
      const { thread: copy } = await program.request('thread/fork', { threadId: thread.id });
      await turn(program, copy.id, ask('say'));
      await turn(program, thread.id, ask('fine'));
    },
  },
  named: {
    async run({ program, thread }) {
      await turn(program, thread.id, ask('say'));
      await program.request('thread/name/set', { threadId: thread.id, name: 'A name' });
      await program.request('thread/metadata/update', { threadId: thread.id, gitInfo: { branch: 'soak' } });
    },
  },
};

const LANES = 3;

/**
 * Plays all of them, one after another in each of a few processes. `open` starts one, `close` ends it, and what goes
 * wrong is handed to `onFailure` with the name of the scenario; `onPlayed` hears of each with the id of its thread.
 */
export async function playScenarios({ dirs, open, close, onFailure, onPlayed = (_name, _threadId) => {} }) {
  const queue = Object.entries(SCENARIOS);
  await each(Array.from({ length: LANES }), LANES, async () => {
    const program = await open();
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, scenario] = next;
      for (const method of Object.keys(program.answers)) delete program.answers[method];
      try {
        const { thread } = await program.request('thread/start', { cwd: dirs.cwd, ...scenario.params });
        onPlayed(name, thread.id);
        await scenario.run({ program, thread, dirs });
      } catch (error) {
        onFailure(name, error);
      }
    }
    await close(program);
  });
}
