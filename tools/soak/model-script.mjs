/** The text that makes the scripted model do something; `size` is a number that some scripts take. */
export const ask = (name, size = 0) => `soak:${name}-${size}`;

const MARKER = /soak:([a-zA-Z]+)-(\d+)/;

/**
 * The next step of the script that the last message of the user names. How far it has come shows in the outputs of
 * calls after that message, so one model serves any number of threads. Anything else gets a plain sentence.
 */
export function answerOf(request, kit) {
  const items = kit.inputItems(request);
  const last = items.findLastIndex((item) => item.type === 'message' && item.role === 'user');
  const [, name, size] = MARKER.exec(JSON.stringify(items[last] ?? {})) ?? [];
  const script = name === undefined ? undefined : SCRIPTS[name];
  const outputs = items.slice(last + 1).filter((item) => String(item.type).endsWith('_output'));
  const calls = new Set(outputs.map((item) => item.call_id)).size;
  const step = script?.({ kit, size: Number(size), done: calls, id: `${items.length}`, outputs, request });
  return step ?? kit.say('Fine, that is all.', { id: `msg-${items.length}` });
}

/** A patch that adds `count` files below a folder. */
export function patchOf(folder, count) {
  const files = Array.from(
    { length: count },
    (_, i) => `*** Add File: ${folder}/file-${i}.txt\n${`+line of ${folder} ${i}\n`.repeat(40)}`,
  );
  return `*** Begin Patch\n${files.join('')}*** End Patch`;
}

/** Tools of the MCP server for tests that do not answer as they should. */
export const MCP_TOOLS = ['refuse', 'hang', 'die', 'mute', 'shapeless', 'nothing', 'flood', 'huge', 'endless', 'echo'];

const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const picture = () => Buffer.from(PICTURE, 'base64');

/** One shell call with these arguments, then the closing sentence. */
const shellOnce =
  (args) =>
  ({ kit, size, done, id }) =>
    done === 0 ? kit.call('exec_command', { yield_time_ms: 10_000, ...args(size) }, `call-${id}`) : null;

const SCRIPTS = {
  say: ({ kit, id }) => [
    kit.reasoning(['**Thinking**\n\nabout it', '**Done**'], { id: `rs-${id}` }),
    kit.say('Well, yes and no.', { id: `msg-${id}` }),
  ],
  /** A message of `size` words, some milliseconds apart. */
  stream: ({ kit, size, id }) => {
    const [first, ...rest] = kit.say('word '.repeat(size), { id: `msg-${id}` });
    return [
      kit.reasoning('**Long story**', { id: `rs-${id}` }),
      first,
      ...rest.flatMap((event, i) => (i % 8 === 0 ? [kit.delay(1), event] : [event])),
    ];
  },
  fine: shellOnce(() => ({ cmd: 'echo out; echo err >&2' })),
  failing: shellOnce(() => ({ cmd: 'echo no; exit 3' })),
  loud: shellOnce((size) => ({ cmd: `for i in $(seq ${size}); do echo line $i of the output; done` })),
  slowLoud: shellOnce((size) => ({ cmd: `for i in $(seq ${size}); do echo line $i; sleep 0.005; done` })),
  touch: shellOnce(() => ({ cmd: 'touch made.txt', justification: 'it is needed' })),
  sleep: shellOnce((size) => ({ cmd: `echo waiting; sleep ${size}`, yield_time_ms: 30_000 })),
  parallel: ({ kit, done, id }) =>
    done === 0
      ? ['one', 'two', 'three'].map((word) => kit.call('exec_command', { cmd: `echo ${word}` }, `call-${word}-${id}`))
      : null,
  /** A session that is typed into. */
  session: ({ kit, done, id, outputs }) => {
    if (done === 0)
      return kit.call(
        'exec_command',
        { cmd: 'read line; echo "got $line"', tty: true, yield_time_ms: 300 },
        `call-${id}`,
      );
    const session = Number(/session ID (\d+)/.exec(JSON.stringify(outputs))?.[1] ?? 0);
    return done === 1
      ? kit.call('write_stdin', { session_id: session, chars: 'hello\n', yield_time_ms: 2000 }, `call-${id}`)
      : null;
  },
  patch: ({ kit, size, done, id }) =>
    done === 0 ? kit.custom('apply_patch', patchOf(`made-${id}`, size || 2), `call-${id}`) : null,
  patchBad: ({ kit, done, id }) =>
    done === 0
      ? kit.custom(
          'apply_patch',
          '*** Begin Patch\n*** Update File: missing.txt\n@@\n-a\n+b\n*** End Patch',
          `call-${id}`,
        )
      : null,
  patchShell: ({ kit, done, id }) =>
    done === 0
      ? kit.call('exec_command', { cmd: `apply_patch <<'EOF'\n${patchOf(`made-${id}`, 2)}\nEOF` }, `call-${id}`)
      : null,
  /** What a working session looks like: commands and patches in turn, `size` of them. */
  work: ({ kit, size, done, id }) => {
    if (done >= size) return null;
    const word = kit.say(`Step ${done}.`, { id: `msg-${id}` });
    return done % 2 === 0
      ? [word, kit.call('exec_command', { cmd: `echo step ${done}` }, `call-${id}`)]
      : [word, kit.custom('apply_patch', patchOf(`made-${id}`, 2), `call-${id}`)];
  },
  search: ({ kit, id }) => [kit.webSearch('what is new', `ws-${id}`), kit.say('Found.', { id: `msg-${id}` })],
  plan: ({ kit, done, id }) =>
    done === 0
      ? kit.call('update_plan', { explanation: 'so', plan: [{ step: 'one', status: 'in_progress' }] }, `call-${id}`)
      : null,
  propose: ({ kit, id }) =>
    kit.say('Here it is.\n<proposed_plan>\n# Plan\n- one\n- two\n</proposed_plan>\nShall I?', { id: `msg-${id}` }),
  image: ({ kit, done, id }) => (done === 0 ? kit.call('view_image', { path: 'dot.png' }, `call-${id}`) : null),
  tool: ({ kit, done, id }) => (done < 2 ? kit.call('lookup', { city: 'Oslo' }, `call-${id}`) : null),
  question: ({ kit, done, id }) => {
    const options = [
      { label: 'Red', description: 'warm' },
      { label: 'Blue', description: 'cold' },
    ];
    const question = { id: 'color', header: 'Color', question: 'Which?', options };
    return done === 0 ? kit.call('request_user_input', { questions: [question] }, `call-${id}`) : null;
  },
  unknown: ({ kit, done, id }) => (done === 0 ? kit.call('no_such_tool', {}, `call-${id}`) : null),
  agents: ({ kit, done, id, outputs }) => {
    const agent = /agent_id\W+([0-9a-f-]{36})/.exec(JSON.stringify(outputs))?.[1] ?? 'unknown';
    const steps = [
      () => kit.call('spawn_agent', { message: ask('say') }, `call-${id}`),
      () => kit.call('wait_agent', { ids: [agent], timeout_ms: 20_000 }, `call-${id}`),
      () => kit.call('send_input', { id: agent, message: ask('fine') }, `call-${id}`),
      () => kit.call('wait_agent', { ids: [agent], timeout_ms: 20_000 }, `call-${id}`),
      () => kit.call('close_agent', { id: agent }, `call-${id}`),
    ];
    return steps[done]?.() ?? null;
  },
  failed: ({ kit }) => kit.failed('server_error', 'the model is unwell'),
  refused: ({ kit }) => kit.http(400, { error: { message: 'no such thing' } }),
  cut: ({ kit, id }) => [kit.say('This is cut off', { id: `msg-${id}` }).slice(0, 3), kit.drop()].flat(),
  stall: ({ kit, id }) => [...kit.say('This goes on for ever', { id: `msg-${id}` }).slice(0, 4), kit.stall()],
  garbage: ({ kit }) => kit.raw([kit.bytes('data: {"type":\n\nnonsense\n\n\0\xff\n\ndata\n\n')]),
  gone: ({ kit }) => kit.raw([kit.drop()]),
  early: ({ kit, id }) => kit.raw(kit.say('Half of it', { id: `msg-${id}` })),
  untyped: ({ kit }) =>
    kit.raw(
      [null, 7, [], {}, { type: 7 }, { type: 'response.output_item.done', item: null }].map((event) =>
        kit.bytes(`data: ${JSON.stringify(event)}\n\n`),
      ),
    ),
  /** One event of `size` MiB. */
  big: ({ kit, size, id }) => kit.say('b'.repeat(size * 1024 * 1024), { id: `msg-${id}` }),
  /** A few bytes at a time. */
  drip: ({ kit, id }) => kit.reply(kit.say('drop by drop', { id: `msg-${id}` }), { chunkBytes: 3 }),
  /** The tool of this number of the server `bad`. */
  mcp: ({ kit, size, done, id }) => (done === 0 ? kit.call(`mcp__bad__${MCP_TOOLS[size]}`, {}, `call-${id}`) : null),
  /** Fills the window, so that the next turn begins with a compaction. */
  fill: ({ kit, id }) =>
    kit.reply(kit.say('A big answer.', { id: `msg-${id}` }), { usage: { input: 2000, output: 100 } }),
  /** `size` commands in a row: most in a moment, some leave a process behind, some want a terminal. */
  row: ({ kit, size, done, id }) => {
    if (done >= size) return null;
    const background = done % 7 === 0;
    const cmd = background ? '(sleep 0.05 &) ; echo bg' : 'echo hi';
    return kit.call('exec_command', { cmd, tty: done % 5 === 0, yield_time_ms: 10_000 }, `call-${id}`);
  },
  /** Commands that do not want to end: what they detach, and what ignores a polite signal. */
  stubborn: ({ kit, size, done, id, request }) => {
    if (done >= size) return null;
    const turn = kit.inputTexts(request, 'user').length + done;
    const cmd = turn % 3 === 0 ? 'trap "" TERM; sleep 30' : 'sleep 0.1; (setsid sleep 30 &) ; sleep 20';
    return kit.call(
      'exec_command',
      { cmd, tty: turn % 2 === 0, yield_time_ms: turn % 4 === 0 ? 300 : 5000 },
      `call-${id}`,
    );
  },
};
