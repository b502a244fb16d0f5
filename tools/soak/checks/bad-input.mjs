import { createRandom } from '../random.mjs';
import { wrongParams } from '../wrong-values.mjs';

const INTERNAL = -32603;
const MOST_AT_ONCE = 200;

/** Garbage on stdin: the process stays up, every request gets one answer, and errors name the field. */
export const badInput = {
  about:
    'garbage, wrong types in every field of every method, lines of 50 MB: one answer each, and the process stays up',
  unit: 'lines of garbage (wrong types are always all)',
  full: 5000,
  small: 100,
  async run(world, size) {
    const violations = [];
    const program = await world.open(world.home());
    const due = createLedger(program);
    const figures = { garbageLines: 0, wrongParams: 0, methods: 0, fieldsNamed: 0, requests: 0 };
    for (let i = 0; i < size; i++) {
      program.write(garbage(createRandom(world.seed + i)));
      figures.garbageLines += 1;
      if (i % MOST_AT_ONCE === 0) await due.ping();
    }
    for (const line of strangeLines(due)) program.write(line);
    await due.ping();
    for (const line of [hugeLine(), tooLongLine(), deepLine()]) {
      program.write(line);
      await due.ping();
    }
    const cases = wrongParams(world.packages.exportJsonSchema({ experimental: true }));
    figures.wrongParams = cases.length;
    figures.methods = new Set(cases.map(({ method }) => method)).size;
    for (const [i, { method, field, params }] of cases.entries()) {
      due.request(method, params, ({ error }) => {
        const where = `${method} with a wrong ${field || 'params'} (${JSON.stringify(params)})`;
        if (!error) violations.push(`${where} is accepted`);
        else if (error.code === INTERNAL) violations.push(`${where}: ${error.message}`);
        else if (field && error.data?.field === field) figures.fieldsNamed += 1;
        else if (field) violations.push(`${where}: the error does not name it: ${JSON.stringify(error)}`);
      });
      if (i % MOST_AT_ONCE === 0) await due.ping();
    }
    await due.ping();
    await due.settle();
    figures.requests = due.count;
    violations.push(...due.problems());
    if (program.ended) violations.push(`the process died: ${program.stderr}`);
    else violations.push(...(await program.close()));
    return { figures, violations };
  },
};

/** Requests of our own ids, and what became of them. */
function createLedger(program) {
  const sent = new Map();
  let next = 0;
  const newId = (onAnswer = () => {}) => {
    const id = `soak-${++next}`;
    sent.set(id, onAnswer);
    return id;
  };
  const answersOf = () => {
    const counts = new Map();
    for (const { id, method } of program.messages) if (method === undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };
  return {
    newId,
    get count() {
      return sent.size;
    },
    request(method, params, onAnswer) {
      program.send({ id: newId(onAnswer), method, params });
    },
    ping: () => program.request('thread/loaded/list', {}),
    /** Waits until everything has an answer, and judges those. */
    async settle() {
      await program
        .waitFor(() => [...sent.keys()].every((id) => answersOf().has(id)), 'answers to everything', { ms: 30_000 })
        .catch(() => {});
      for (const message of program.messages) if (message.method === undefined) sent.get(message.id)?.(message);
    },
    problems() {
      const counts = answersOf();
      const wrong = [...sent.keys()].filter((id) => counts.get(id) !== 1);
      const strays = [...counts.keys()].filter((id) => typeof id === 'string' && !sent.has(id));
      return [
        ...wrong.map((id) => `request ${id} got ${counts.get(id) ?? 0} answers`),
        ...strays.map((id) => `an answer to ${id}, which nobody asked`),
        ...program.strays.map((line) => `not JSON: ${line.slice(0, 100)}`),
      ];
    },
  };
}

/** One line that is most likely no message. */
function garbage(random) {
  const bytes = Buffer.from(
    Array.from({ length: 1 + random.below(300) }, () => random.below(256)).filter((byte) => byte !== 10),
  );
  const message = '{"method":"thread/read","params":{"threadId":"x"}}';
  const line = random.pick([
    () => bytes,
    () => Buffer.from(message.slice(0, random.below(message.length))),
    () => Buffer.from(message.replace('x', '\\ud800')),
    () => Buffer.concat([Buffer.from(message.slice(0, 30)), bytes.subarray(0, 20), Buffer.from(message.slice(30))]),
    () => Buffer.from('['.repeat(random.below(5000))),
    () =>
      Buffer.from(
        random.pick(['null', '7', '"x"', '[]', '{}', 'true', '\ufeff{}', '{"id":1}', '{"result":1}', '\0\0\0']),
      ),
    () => Buffer.from('{"id":99999999,"result":{"decision":"accept"}}'),
    () => Buffer.from('{"id":"never","error":{"code":1,"message":"asked"}}'),
    () => Buffer.from('{"method":"no/such/notification","params":{}}'),
    () => Buffer.from('{"__proto__":{"method":"initialize"},"constructor":7}'),
  ])();
  return Buffer.concat([line, Buffer.from('\n')]);
}

/** Messages that are strange and still have to be answered, or have no id to answer to. */
function strangeLines({ newId }) {
  const line = (value) => `${JSON.stringify(value)}\n`;
  const ping = { method: 'thread/loaded/list', params: {} };
  return [
    ...[null, 1.5, {}, [], true].map((id) => line({ id, ...ping })),
    line([{ id: 'in a batch', ...ping }]),
    line({ id: newId(), method: 'no/such/method' }),
    line({ id: newId(), method: '__proto__' }),
    line({ id: newId(), method: 'constructor', params: {} }),
    line({ id: newId(), method: 'initialize', params: {} }),
    line({ id: newId(), method: 'initialize', params: { clientInfo: { name: 'again', version: '1' } } }),
    line({ id: newId(), method: 'thread/read' }),
    line({ id: newId(), method: 'thread/read', params: [] }),
    line({ id: newId(), method: 'thread/read', params: { threadId: '\u0000' } }),
    line({ id: newId(), ...ping, trace: { traceparent: 7 } }),
    line({ id: newId(), ...ping, jsonrpc: '1.0', extra: { a: 1 } }),
    `  ${line({ id: newId(), ...ping }).trim()}  \r\n`,
    '\n\r\n   \n',
  ];
}

function hugeLine() {
  return `${JSON.stringify({ method: 'x', params: 'y'.repeat(50_000_000) })}\n`;
}

function tooLongLine() {
  return `{"method":"x","params":"${'y'.repeat(70_000_000)}"}\n`;
}

function deepLine() {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  return `${deep}\n{"method":"x","params":${deep}}\n{"id":${deep},"method":"x"}\n`;
}
