const NEWLINE = 10;
const STRANGE = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53 + 2,
  -8_640_000_000_000_001,
  '',
  'not what was expected',
  '\u0000',
  '\ud800',
  'x'.repeat(5000),
  [],
  [null, 1, 'x', {}],
  {},
  { type: 'no such type' },
  { id: null, type: 7 },
];
const TIMES = [
  '',
  'yesterday',
  '0000-00-00T00:00:00Z',
  '-271822-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z',
  '9999999-01-01T00:00:00Z',
  -5,
  2 ** 60,
];
const FOREIGN = [
  '00000000-0000-7000-8000-000000000000',
  '../../etc/passwd',
  'item-1',
  '',
  'ffffffff-ffff-7fff-bfff-ffffffffffff',
];
const POISON = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';

/**
 * Ways to spoil a conversation file, each (bytes, random) to bytes. What they do depends on nothing else, so a seed
 * repeats it.
 */
export const MUTATIONS = {
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  cutInside: (bytes, random) => {
    const [from, to] = [random.below(bytes.length), random.below(bytes.length)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  doubledLine: onLines((lines, random) => lines.toSpliced(random.below(lines.length), 0, random.pick(lines))),
  everythingTwice: onLines((lines) => [...lines, ...lines]),
  swappedLines: onLines((lines, random) => {
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    return lines.with(a, lines[b]).with(b, lines[a]);
  }),
  shuffled: onLines((lines, random) =>
    lines
      .map((line) => ({ line, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => line),
  ),
  missingLine: onLines((lines, random) => lines.toSpliced(random.below(lines.length), 1)),
  garbageLine: onLines((lines, random) => lines.toSpliced(random.below(lines.length + 1), 0, noise(random, 200))),
  jsonLine: onLines((lines, random) =>
    lines.toSpliced(
      random.below(lines.length + 1),
      0,
      Buffer.from(
        random.pick([
          'null',
          '[]',
          '42',
          '"text"',
          '{}',
          '{"type":"event_msg"}',
          '{"type":"event_msg","payload":null}',
          '{"timestamp":"x","type":7,"payload":{}}',
        ]),
      ),
    ),
  ),
  nulBytes: (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random.below(4096)), bytes.subarray(at)]);
  },
  nulTail: (bytes, random) => Buffer.concat([bytes.subarray(0, random.below(bytes.length)), Buffer.alloc(4096)]),
  invalidUtf8: (bytes, random) => {
    const out = Buffer.from(bytes);
    for (let i = 0; i < 20; i++) out[random.below(out.length)] = random.pick([0xff, 0xc0, 0x80, 0xed, 0xf8]);
    return out;
  },
  flippedBits: (bytes, random) => {
    const out = Buffer.from(bytes);
    for (let i = 0; i < 10; i++) out[random.below(out.length)] ^= 1 << random.below(8);
    return out;
  },
  wrongTypes: onValues((value, random) => (random.below(12) === 0 ? random.pick(STRANGE) : value)),
  wrongType: onOneValue((random) => random.pick(STRANGE)),
  wrongNumber: onOneValue((random) => random.pick([2 ** 53 + 2, -(2 ** 63), 1e308, -0, 0.1]), 'number'),
  wrongTime: onOneValue((random) => random.pick(TIMES), 'timestamp'),
  foreignId: onOneValue((random) => random.pick(FOREIGN), 'id'),
  missingField: onOneValue(() => undefined),
  deepNesting: onOneValue((random) => nested(10 ** (1 + random.below(4)))),
  deepestLine: onLines((lines, random) => {
    const depth = 200_000;
    const line = `{"timestamp":"2026-01-01T00:00:00.000Z","type":"response_item","payload":{"type":"message","role":"user","content":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    return lines.toSpliced(random.below(lines.length + 1), 0, Buffer.from(line));
  }),
  poison: onLines((lines, random) => {
    const line = random.pick(lines).toString();
    return lines.toSpliced(
      random.below(lines.length + 1),
      0,
      Buffer.from(line.replace('"payload":{', `"payload":{"__proto__":${POISON},"item":${POISON},`)),
    );
  }),
  secondHeader: onLines((lines, random) =>
    lines.toSpliced(
      random.below(lines.length + 1),
      0,
      lines.find((line) => line.includes('"session_meta"')) ?? lines[0],
    ),
  ),
  noHeader: onLines((lines) => lines.filter((line) => !line.includes('"session_meta"'))),
  unknownType: onOneValue((random) => random.pick(['no_such_type', 'toString', '__proto__', 'constructor']), 'type'),
  byteOrderMark: (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  carriageReturns: (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  emptyLines: (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\n\n \n\t\n'), 'latin1'),
  noLineEnds: (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', ' '), 'latin1'),
  empty: () => Buffer.alloc(0),
  noise: (_, random) => noise(random, 20_000),
};

/** These are large or slow, so few are made: a line of 50 MB, as text in a message and as garbage. */
export const HEAVY = {
  hugeLine: onLines((lines, random) =>
    lines.toSpliced(random.below(lines.length + 1), 0, Buffer.alloc(50_000_000, 'x')),
  ),
  hugeMessage: onLines((lines, random) => {
    const text = 'x'.repeat(50_000_000);
    const line = `{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"${text}"}}`;
    return lines.toSpliced(random.below(lines.length + 1), 0, Buffer.from(line));
  }),
};

/** One or several of the mutations; `kinds` names them. */
export function mutate(bytes, random) {
  const kinds = Array.from({ length: random.below(4) === 0 ? 3 : 1 }, () => random.pick(Object.keys(MUTATIONS)));
  return {
    kinds,
    bytes: kinds.reduce((spoiled, kind) => (spoiled.length > 0 ? MUTATIONS[kind](spoiled, random) : spoiled), bytes),
  };
}

function onLines(change) {
  return (bytes, random) => {
    const lines = [];
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, from);
      lines.push(bytes.subarray(from, end < 0 ? bytes.length : end));
      from = end < 0 ? bytes.length : end + 1;
    }
    return Buffer.concat(change(lines, random).flatMap((line) => [line, Buffer.of(NEWLINE)]));
  };
}

/** Changes values at random places of every line that is JSON. */
function onValues(change) {
  return onLines((lines, random) =>
    lines.map((line) => {
      const value = parsed(line);
      return value === undefined ? line : written(walk(value, (inner) => change(inner, random)));
    }),
  );
}

/** Changes one value of one line: one of a kind (its type, or the end of its key), or any. */
function onOneValue(make, wanted) {
  return onLines((lines, random) => {
    const at = random.below(lines.length);
    const value = parsed(lines[at]);
    if (value === undefined) return lines;
    const fits = (inner, key) => wanted === undefined || typeof inner === wanted || String(key).endsWith(wanted);
    let count = 0;
    walk(value, (inner, key) => {
      if (fits(inner, key)) count += 1;
      return inner;
    });
    let left = random.below(Math.max(1, count));
    const changed = walk(value, (inner, key) => (fits(inner, key) && left-- === 0 ? make(random) : inner));
    return lines.with(at, written(changed));
  });
}

function walk(value, visit, key = '') {
  const visited = visit(value, key);
  if (visited !== value || typeof value !== 'object' || value === null) return visited;
  if (Array.isArray(value)) return value.map((entry) => walk(entry, visit, key));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, visit, name)]));
}

/** Undefined for what is no JSON, and for lines too deep to walk through. */
function parsed(line) {
  if (line.includes('[[[[[[[[')) return undefined;
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

const written = (value) => Buffer.from(JSON.stringify(value) ?? 'undefined');

function nested(depth) {
  let value = {};
  for (let i = 0; i < Math.min(depth, 2000); i++) value = i % 2 === 0 ? [value] : { payload: value };
  return value;
}

function noise(random, most) {
  return Buffer.from(Array.from({ length: 1 + random.below(most) }, () => random.below(256)));
}
