import type { FileHandle } from 'node:fs/promises';
import { emptyThreadState, reduceThread, type Stamped, type ThreadHeader, type ThreadState } from '@codex/timeline';
import { createDecoder } from './decode.ts';
import { freezeTurns, type TurnFreezer } from './frozen-turns.ts';
import { previewOfItem } from './preview.ts';
import { type ScannedLine, scanLines } from './scan.ts';

/** What people see of a file. */
export interface StoredHistory {
  header: ThreadHeader | null;
  meta: Record<string, unknown> | null;
  turns: TurnFreezer;
  /** Without turns. */
  state: ThreadState;
  preview: string;
  /** Where the words of the model begin that still count, in bytes: at the turn of the last compaction, or at 0. */
  checkpoint: number;
  skipped: number;
  /** The number of the first of them, from 1; null when there is none. */
  firstSkipped: number | null;
}

/** A compaction that says all that is left of the history before it. */
interface Checkpoint {
  /** Index of its turn. */
  turn: number;
  /** Where that turn begins, in bytes. */
  offset: number;
}

export interface HistorySource {
  path: string;
  /** Bytes to read. */
  size: number;
  signal?: AbortSignal | undefined;
}

/**
 * Reads the lines that people are shown; those for the model, half of a file and more, are passed over. A turn is
 * frozen when the next one begins, so that the heap holds one turn and not the file.
 */
export async function readHistory(file: FileHandle, { path, size, signal }: HistorySource): Promise<StoredHistory> {
  const decoder = createDecoder({ path });
  const state = emptyThreadState();
  const turns = freezeTurns();
  const lastTokens = lastTokenLines();
  let checkpoints: Checkpoint[] = [];
  let turnOffset: number | null = null;
  let preview: string | null = null;
  let firstSkipped: number | null = null;

  const apply = (stamped: Stamped, line: ScannedLine | null): void => {
    const { event } = stamped;
    if (event.type === 'turn.started') {
      freezeAll(state, turns);
      // A line whose id an earlier turn has begins a turn with another one.
      turnOffset = line?.kind === 'turnStart' && namesTurn(line, stamped.turnId) ? line.offset : null;
    } else if (event.type === 'context.rolledBack') {
      freezeAll(state, turns);
      const left = Math.max(0, turns.count - event.turns);
      turns.truncate(left);
      checkpoints = checkpoints.filter(({ turn }) => turn < left);
      return;
    } else if (event.type === 'item.completed' || event.type === 'turn.ended') {
      thawFor(stamped.turnId, state, turns);
    }
    reduceThread(state, stamped);
    if (event.type === 'item.completed' && event.item.type === 'userMessage') preview ??= previewOfItem(event.item);
  };
  const push = (text: string, line: ScannedLine | null) => {
    const before = decoder.skipped;
    for (const stamped of decoder.push(text)) apply(stamped, line);
    if (decoder.skipped > before) firstSkipped ??= line?.number ?? null;
  };
  const tooLong = await scanLines(
    file,
    { from: 0, to: size },
    (line) => {
      switch (line.kind) {
        case 'context':
          return;
        case 'tokens':
          lastTokens.take(line.text());
          return;
        case 'compaction': {
          for (const stamped of decoder.compacted()) apply(stamped, null);
          const whole = turnOffset !== null && line.includes('"replacement_history":[');
          if (whole && state.active) checkpoints.push({ turn: turns.count, offset: turnOffset ?? 0 });
          return;
        }
        case 'turnEnd':
          if (line.includes('"turn_id":') && !namesTurn(line, state.active?.id ?? null)) {
            // Who begins to read behind another turn takes what is said of that for the present one.
            turnOffset = null;
            checkpoints = [];
          }
          push(line.text(), line);
          return;
        default:
          push(line.text(), line);
      }
    },
    signal,
  );
  for (const text of lastTokens.inOrder()) push(text, null);
  for (const stamped of decoder.end()) apply(stamped, null);
  freezeAll(state, turns);
  state.systemError = false;
  const { header, meta, skipped } = decoder;
  return {
    ...{ header, meta, turns, state },
    preview: preview ?? '',
    checkpoint: checkpoints.at(-1)?.offset ?? 0,
    skipped: skipped + tooLong,
    firstSkipped,
  };
}

function freezeAll(state: ThreadState, turns: TurnFreezer): void {
  for (const turn of state.turns.splice(0)) turns.put(turn);
}

/** A line may say late what became of an earlier turn. */
function thawFor(turnId: string | null, state: ThreadState, turns: TurnFreezer): void {
  if (turnId === null || state.turns.some(({ id }) => id === turnId)) return;
  const turn = turns.thaw(turnId);
  if (turn) state.turns.unshift(turn);
}

const namesTurn = (line: ScannedLine, id: string | null) => line.includes(`"turn_id":${JSON.stringify(id)}`);

/** Counts stand for all before them, so only the last ones are worth reading: of the tokens and of the limits. */
function lastTokenLines(): { take(text: string): void; inOrder(): string[] } {
  let usage: string | null = null;
  let limits: string | null = null;
  let latest: 'usage' | 'limits' = 'usage';
  return {
    take(text) {
      if (text.includes('"rate_limits":{')) {
        limits = text;
        latest = 'limits';
      }
      if (text.includes('"info":{')) {
        usage = text;
        latest = 'usage';
      }
    },
    inOrder() {
      const lines = latest === 'usage' ? [limits, usage] : [usage, limits];
      return [...new Set(lines)].filter((line) => line !== null);
    },
  };
}
