import type { Turn } from '@codex/protocol';

/** Turns of a history as the JSON text in which they will be shown: outside the heap, ready to be sent. */
export interface FrozenTurns {
  readonly count: number;
  /** UTF-8 text of all turns with commas between them, to stand between `[` and `]`. */
  pieces(): Iterable<Uint8Array>;
  /** Bytes of `pieces`. */
  readonly bytes: number;
  all(): Turn[];
  /** Those from `start` to before `end`. */
  slice(start: number, end: number): Turn[];
}

/** Turns being collected; indexes count from 0. */
export interface TurnFreezer extends FrozenTurns {
  /** Appends a turn, or puts it in the place of the one with its id. */
  put(turn: Turn): void;
  /** Undefined when there is none with this id. */
  thaw(id: string): Turn | undefined;
  /** Drops all but the first. */
  truncate(count: number): void;
}

interface Place {
  block: Buffer;
  start: number;
  /** The comma after it not counted. */
  end: number;
}

const FIRST_BLOCK = 1 << 16;
const BLOCK = 1 << 20;
const COMMA = 44;

export function freezeTurns(turns: Iterable<Turn> = []): TurnFreezer {
  const places: Place[] = [];
  const indexes = new Map<string, number>();
  let block: Buffer | null = null;
  let used = 0;

  const write = (turn: Turn): Place => {
    const json = JSON.stringify(turn);
    const size = Buffer.byteLength(json);
    if (!block || used + size + 1 > block.length) {
      // Not from the pool, whose pieces would keep each other alive.
      block = Buffer.allocUnsafeSlow(Math.max(block ? BLOCK : FIRST_BLOCK, size + 1));
      used = 0;
    }
    const start = used;
    block.write(json, start);
    block[start + size] = COMMA;
    used += size + 1;
    return { block, start, end: start + size };
  };
  const read = ({ block: from, start, end }: Place) => JSON.parse(from.toString('utf8', start, end)) as Turn;

  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < places.length; ) {
      const first = places[at] as Place;
      let { end } = first;
      let next = places[++at];
      while (next?.block === first.block && next.start === end + 1) {
        end = next.end;
        next = places[++at];
      }
      yield first.block.subarray(first.start, next?.block === undefined ? end : end + 1);
    }
  }

  const self: TurnFreezer = {
    get count() {
      return places.length;
    },
    get bytes() {
      return places.reduce((sum, { start, end }) => sum + end - start + 1, 0);
    },
    pieces,
    all: () => places.map(read),
    slice: (start, end) => places.slice(start, end).map(read),
    put(turn) {
      const at = indexes.get(turn.id) ?? places.length;
      places[at] = write(turn);
      indexes.set(turn.id, at);
    },
    thaw(id) {
      const place = places[indexes.get(id) ?? -1];
      return place && read(place);
    },
    truncate(count) {
      if (places.length <= count) return;
      places.length = count;
      for (const [id, at] of indexes) if (at >= count) indexes.delete(id);
    },
  };
  for (const turn of turns) self.put(turn);
  return self;
}
