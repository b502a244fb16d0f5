import type { ServerNotification, ThreadItem } from '@codex/protocol';
import type { Cell } from '../cells/cell.ts';
import { isEcho } from '../cells/echo.ts';
import type { OpenItem, State, Step, Stream, Turn } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { splitBlocks } from '../text/blocks.ts';

/** As much of running output as may be shown live. */
const LIVE_OUTPUT = 4000;
/** A heading of reasoning is short; what goes on longer has none. */
const HEADING = 400;

/** Notifications about items; null for others. */
export function takeItem(state: State, notification: ServerNotification): Step | null {
  switch (notification.method) {
    case 'item/started':
      return step(started(state, notification.params.item, notification.params.turnId));
    case 'item/completed':
      return step(completed(state, notification.params.item));
    case 'item/agentMessage/delta':
    case 'item/plan/delta': {
      const { itemId, delta } = notification.params;
      return step(grow(state, itemId, delta, notification.method === 'item/plan/delta'));
    }
    case 'item/reasoning/summaryPartAdded':
      return step(withTurn(state, (turn) => ({ ...turn, thought: '' })));
    case 'item/reasoning/summaryTextDelta': {
      const { delta } = notification.params;
      return step(
        withTurn(state, (turn) => (turn.thought.length > HEADING ? turn : { ...turn, thought: turn.thought + delta })),
      );
    }
    case 'item/commandExecution/outputDelta':
    case 'item/fileChange/outputDelta': {
      const { itemId, delta } = notification.params;
      return step(withOpen(state, itemId, (open) => ({ ...open, output: (open.output + delta).slice(-LIVE_OUTPUT) })));
    }
    case 'item/mcpToolCall/progress': {
      const { itemId, message } = notification.params;
      return step(withOpen(state, itemId, (open) => ({ ...open, output: message })));
    }
    default:
      return null;
  }
}

function withTurn(state: State, make: (turn: Turn) => Turn): State {
  return state.turn ? { ...state, turn: make(state.turn) } : state;
}

function withOpen(state: State, itemId: string, make: (open: OpenItem) => OpenItem): State {
  return { ...state, open: state.open.map((open) => (open.item.id === itemId ? make(open) : open)) };
}

/** Items that grow as text are shown by their text. */
const TEXTUAL: ReadonlySet<ThreadItem['type']> = new Set(['userMessage', 'agentMessage', 'plan', 'reasoning']);

function started(state: State, item: ThreadItem, turnId: string): State {
  const calmer = withTurn(state, (turn) => (turn.trouble === null ? turn : { ...turn, trouble: null }));
  return TEXTUAL.has(item.type) ? calmer : { ...calmer, open: [...calmer.open, { item, turnId, output: '' }] };
}

/** More text of what the model says. Blocks that are done go to the transcript; only the rest is drawn again. */
function grow(state: State, itemId: string, delta: string, isPlan: boolean): State {
  const { turn } = state;
  if (!turn) return state;
  const stream: Stream = turn.stream?.itemId === itemId ? turn.stream : newStream(itemId);
  const received = stream.received + delta;
  const rest = stream.rest + delta;
  // A proposed plan is shown whole, in a frame of its own.
  if (isPlan || !delta.includes('\n'))
    return { ...state, turn: { ...turn, trouble: null, stream: { ...stream, received, rest } } };
  const split = splitBlocks(rest);
  const cells = split.done
    .filter((text) => text.trim() !== '')
    .map((text, at): Cell => ({ kind: 'said', text, isFirst: !stream.hasBegun && at === 0 }));
  const next: Stream = { itemId, received, rest: split.rest, hasBegun: stream.hasBegun || cells.length > 0 };
  return addCells({ ...state, turn: { ...turn, trouble: null, stream: next } }, ...cells);
}

function newStream(itemId: string): Stream {
  return { itemId, received: '', rest: '', hasBegun: false };
}

function completed(state: State, item: ThreadItem): State {
  const last = state.transcript.at(-1);
  if (isEcho(item, last?.kind === 'item' ? last.item : undefined)) return state;
  const stream = state.turn?.stream?.itemId === item.id ? state.turn.stream : null;
  const closed = { ...state, open: state.open.filter((open) => open.item.id !== item.id) };
  switch (item.type) {
    case 'agentMessage': {
      const next = withTurn(closed, (turn) => ({ ...turn, stream: stream ? null : turn.stream, thought: '' }));
      return addCells(next, ...restOf(stream ?? newStream(item.id), item.text));
    }
    case 'plan':
      return addCells(
        withTurn(closed, (turn) => ({ ...turn, stream: null, hasPlan: true })),
        { kind: 'item', item },
      );
    case 'userMessage': {
      const said = item.content.map((part) => (part.type === 'text' ? part.text : ''));
      const told = withTurn(closed, (turn) => ({
        ...turn,
        steered: turn.steered.filter(({ text }) => !said.includes(text)),
      }));
      return addCells(told, { kind: 'item', item });
    }
    default:
      return addCells(closed, { kind: 'item', item });
  }
}

/** What of a message is not shown yet. Its final text counts: when the pieces were others, it is told whole. */
export function restOf({ received, rest, hasBegun }: Stream, finalText = received): Cell[] {
  const isSame = finalText.startsWith(received);
  const text = isSame ? rest + finalText.slice(received.length) : finalText;
  return text.trim() === '' ? [] : [{ kind: 'said', text, isFirst: !isSame || !hasBegun }];
}
