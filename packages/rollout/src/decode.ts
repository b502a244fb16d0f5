import { createHash } from 'node:crypto';
import { isObject } from '@codex/base';
import { type ResponseItem, type ThreadItem, type TurnError, TurnError as TurnErrorSchema } from '@codex/protocol';
import {
  abandonedItem,
  isUserTurn,
  type Stamped,
  type ThreadEvent,
  type ThreadHeader,
  type TurnEnd,
} from '@codex/timeline';
import { itemOfEvent } from './core-items.ts';
import { isIrrelevant, isReasoning, NUMBERED } from './event-kinds.ts';
import { isBegin, itemFromFile, withExtra } from './item-from-file.ts';
import { type Fields, fields, number, oneOf, parseLine, text } from './line.ts';
import { reasoningCollector } from './reasoning.ts';
import { responseItemFromFile } from './response-items.ts';
import { sessionMetaFromFile } from './session-meta.ts';
import { turnContextFromFile } from './turn-context.ts';
import { errorInfoFromFile, rateLimitsFromFile, usageFromFile } from './wire-forms.ts';

/** Turns the lines of a rollout file, in order, into the events they stand for. */
export interface Decoder {
  push(line: string): Stamped[];
  /** In place of a line with a compaction, for who cares for the turns alone. */
  compacted(): Stamped[];
  /** Ends what the file leaves open: its turn as interrupted, its items as cut off. */
  end(): Stamped[];
  /** From the first `session_meta` line; null before it. */
  readonly header: ThreadHeader | null;
  /** The payload of that line. */
  readonly meta: Record<string, unknown> | null;
  /** Lines that could not be read so far. */
  readonly skipped: number;
}

interface TurnRecord {
  id: string;
  /** Opened by a line of its own; else by the first item that had no turn. */
  explicit: boolean;
  compacted: boolean;
  items: Set<string>;
  open: Map<string, ThreadItem>;
  last: ThreadItem | null;
  error: TurnError | null;
  /** Ended only because the next one began; its own end may still come. */
  superseded: boolean;
}

const NOTHING: Stamped[] = [];

/**
 * One decoder for every hand: lines with our extra key `item`, those of 0.115 (app-server specification §13), older
 * ones without turn lines, and files with `history_mode: paginated`, where `item_completed` lines are the truth.
 */
export function createDecoder(options: { path?: string | null } = {}): Decoder {
  let header: ThreadHeader | null = null;
  let meta: Fields | null = null;
  let paginated = false;
  let skipped = 0;
  let seq = 0;
  let at = 0;
  let out = NOTHING;
  let turns: TurnRecord[] = [];
  const byId = new Map<string, TurnRecord>();
  let current: TurnRecord | null = null;
  let nextNumber = 1;
  let implicitTurns = 0;
  /** The first of a line of forks: turns that no line opened have its names, so that a copy calls them the same. */
  let origin = '';
  /** Words of a user that no line has given a turn yet. */
  let held: ResponseItem[] = [];
  /** What the user said, for compactions that did not write down what was left. */
  let said: ResponseItem[] = [];
  const reasoning = reasoningCollector((item) => complete(ensureTurn(), item));

  const emit = (event: ThreadEvent, turnId: string | null): void => {
    if (out === NOTHING) out = [];
    out.push({ seq: ++seq, at, threadId: header?.id ?? '', turnId, event });
  };

  const beginTurn = (turn: Extract<ThreadEvent, { type: 'turn.started' }>['turn'], explicit: boolean): TurnRecord => {
    const record: TurnRecord = {
      id: turn.id,
      explicit,
      compacted: false,
      items: new Set(),
      open: new Map(),
      last: null,
      error: null,
      superseded: false,
    };
    turns.push(record);
    byId.set(turn.id, record);
    current = record;
    emit({ type: 'turn.started', turn }, turn.id);
    return record;
  };

  const ensureTurn = (): TurnRecord => {
    if (current) return current;
    // The same id at every reading, so that what a client remembers stays valid.
    const hash = createHash('sha256').update(`${origin} turn ${++implicitTurns}`).digest('hex');
    const id = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
    return beginTurn({ id, modelContextWindow: null, mode: 'default' }, false);
  };

  const abandonItems = (turn: TurnRecord): void => {
    for (const item of turn.open.values()) emit({ type: 'item.completed', item: abandonedItem(item) }, turn.id);
    turn.open.clear();
  };

  const endTurn = (turn: TurnRecord, status: TurnEnd, error: TurnError | null): void => {
    if (current === turn) current = null;
    turn.last = null;
    emit({ type: 'turn.ended', status, error }, turn.id);
  };

  /** Ends the running turn, if any, without a line that says so. */
  const finishTurn = (): void => {
    if (!current) return;
    const turn: TurnRecord = current;
    if (turn.explicit) abandonItems(turn);
    turn.superseded = turn.explicit && !turn.error;
    endTurn(turn, turn.error ? 'failed' : turn.explicit ? 'interrupted' : 'completed', turn.error);
  };

  const start = (turn: TurnRecord, item: ThreadItem): void => {
    if (turn.items.has(item.id)) return;
    if (NUMBERED.has(item.type)) nextNumber += 1;
    turn.items.add(item.id);
    turn.open.set(item.id, item);
    turn.last = item;
    emit({ type: 'item.started', item }, turn.id);
  };

  const complete = (turn: TurnRecord, item: ThreadItem): void => {
    if (NUMBERED.has(item.type) && !turn.items.has(item.id)) nextNumber += 1;
    turn.items.add(item.id);
    turn.open.delete(item.id);
    turn.last = item;
    emit({ type: 'item.completed', item }, turn.id);
  };

  /** The turn an event names: unknown names give none, an empty one means the running turn. */
  const namedTurn = (id: unknown): TurnRecord | null =>
    typeof id === 'string' && id ? (byId.get(id) ?? null) : ensureTurn();

  const onItem = (payload: Fields): void => {
    const ours = isObject(payload['item']) ? payload['item'] : null;
    if (paginated && !ours) return;
    const type = payload['type'];
    if (isReasoning(type)) {
      onReasoning(payload, ours);
      return;
    }
    const plain = itemFromFile(payload, ours !== null);
    if (!plain) return;
    if (plain.type === 'userMessage') {
      if (payload['kind'] !== undefined && payload['kind'] !== 'plain') return;
      if (current && !current.explicit && !(current.compacted && current.items.size === 0)) finishTurn();
    }
    if (!ours && plain.type === 'agentMessage' && !plain.text) return;
    const named = plain.type === 'commandExecution' || plain.type === 'fileChange' || plain.type === 'dynamicToolCall';
    const turn = named ? namedTurn(payload['turn_id'] ?? payload['turnId']) : ensureTurn();
    if (!turn) return;
    const item = ours ? withExtra(plain, ours) : plain;
    if (!item.id) {
      if (!NUMBERED.has(item.type)) {
        skipped += 1;
        return;
      }
      item.id = `item-${nextNumber}`;
    }
    if (isBegin(type)) start(turn, item);
    else complete(turn, item);
  };

  const onReasoning = (payload: Fields, ours: Fields | null): void => {
    const said = text(payload['text']) ?? '';
    const raw = payload['type'] === 'agent_reasoning_raw_content';
    const id = text(ours?.['id']);
    if (id !== null) {
      ensureTurn();
      reasoning.add(id, said, raw, number(ours?.['parts']));
      return;
    }
    if (!said) return;
    const turn = ensureTurn();
    const before = turn.last?.type === 'reasoning' ? turn.last : null;
    const base = before ?? { type: 'reasoning' as const, id: `item-${nextNumber}`, summary: [], content: [] };
    const summary = raw ? base.summary : [...base.summary, said];
    complete(turn, { ...base, summary, content: raw ? [...base.content, said] : base.content });
  };

  const onItemEvent = (payload: Fields): void => {
    const raw = payload['item'];
    // 0.115 fills these lines for plans alone and keeps its other items elsewhere.
    const foreign = isObject(raw) && typeof raw['type'] === 'string' && /^[A-Z]/.test(raw['type']);
    if (foreign && !paginated && raw['type'] !== 'Plan') return;
    const item = itemOfEvent(raw);
    if (!item) {
      skipped += 1;
      return;
    }
    if (foreign && item.type === 'plan' && !item.text) return;
    const turn = namedTurn(payload['turn_id']);
    if (!turn) return;
    if (payload['type'] === 'item_completed') complete(turn, item);
    else start(turn, item);
  };

  const onTaskComplete = (payload: Fields): void => {
    const extra = isObject(payload['item']) ? payload['item'] : null;
    const named = byId.get(text(payload['turn_id']) ?? '');
    const turn = named ?? current;
    if (!turn) return;
    if (turn !== current) {
      if (turn.superseded) endTurn(turn, 'completed', null);
      turn.superseded = false;
      return;
    }
    const status = oneOf(extra?.['status'], ['completed', 'interrupted', 'failed']);
    if (status) endTurn(turn, status, errorOf(extra?.['error']));
    else endTurn(turn, turn.error ? 'failed' : 'completed', turn.error);
  };

  const onEvent = (payload: Fields): void => {
    switch (payload['type']) {
      case 'task_started':
      case 'turn_started': {
        const id = text(payload['turn_id']);
        finishTurn();
        if (!id || byId.has(id)) {
          ensureTurn().explicit = true;
          return;
        }
        const modelContextWindow = number(payload['model_context_window']);
        const mode = payload['collaboration_mode_kind'] === 'plan' ? 'plan' : 'default';
        beginTurn({ id, modelContextWindow, mode }, true);
        return;
      }
      case 'task_complete':
      case 'turn_complete':
        onTaskComplete(payload);
        return;
      case 'turn_aborted': {
        const turn = byId.get(text(payload['turn_id']) ?? '') ?? current;
        if (turn) endTurn(turn, 'interrupted', errorOf(fields(payload['item'])['error']));
        if (turn) turn.superseded = false;
        return;
      }
      case 'error': {
        const codexErrorInfo = errorInfoFromFile(payload['codex_error_info']);
        if (!current || codexErrorInfo === 'threadRollbackFailed') return;
        const additionalDetails = text(fields(payload['item'])['additionalDetails']);
        current.error = { message: text(payload['message']) ?? '', codexErrorInfo, additionalDetails };
        return;
      }
      case 'token_count': {
        const usage = usageFromFile(payload['info']);
        const rateLimits = rateLimitsFromFile(payload['rate_limits']);
        if (usage || rateLimits) emit({ type: 'turn.usage', usage, rateLimits }, current?.id ?? null);
        return;
      }
      case 'thread_rolled_back': {
        const count = number(payload['num_turns']);
        if (count === null || !Number.isSafeInteger(count) || count < 0) {
          skipped += 1;
          return;
        }
        finishTurn();
        for (const turn of turns.splice(Math.max(0, turns.length - count))) byId.delete(turn.id);
        nextNumber = turns.reduce((sum, turn) => sum + turn.items.size, 0) + 1;
        dropSaid(count);
        emit({ type: 'context.rolledBack', turns: count }, null);
        return;
      }
      case 'item_started':
      case 'item_completed':
        onItemEvent(payload);
        return;
      default:
        onItem(payload);
    }
  };

  const dropSaid = (count: number): void => {
    said = said.slice(0, Math.max(0, said.length - count));
  };

  const onCompacted = (payload: Fields): void => {
    const message = text(payload['message']) ?? '';
    const summary: ResponseItem = { type: 'message', role: 'user', content: [{ type: 'input_text', text: message }] };
    const stored = payload['replacement_history'];
    const replacement = Array.isArray(stored)
      ? stored.map(responseItemFromFile).filter((item) => item !== null)
      : [...said, summary];
    said = replacement.filter(isUserTurn);
    const turn = ensureTurn();
    turn.compacted = true;
    emit({ type: 'context.compacted', compaction: { message, replacement } }, turn.id);
  };

  const release = (): void => {
    if (held.length) emit({ type: 'context.appended', items: held }, current?.id ?? null);
    held = [];
  };

  const onLine = (type: string, payload: Fields): void => {
    switch (type) {
      case 'event_msg':
        onEvent(payload);
        return;
      case 'response_item': {
        const item = responseItemFromFile(payload);
        if (!item) {
          if (payload['type'] !== 'ghost_snapshot') skipped += 1;
          return;
        }
        if (isUserTurn(item)) said.push(item);
        // Without a line that opens its turn, a message begins one only with the event that follows it.
        if (isUserTurn(item) && !current?.explicit) held.push(item);
        else emit({ type: 'context.appended', items: [item] }, current?.id ?? null);
        return;
      }
      case 'turn_context': {
        const turnId = text(payload['turn_id']) ?? current?.id ?? null;
        emit({ type: 'turn.context', context: turnContextFromFile(payload) }, turnId);
        return;
      }
      case 'compacted':
        onCompacted(payload);
        return;
      case 'session_meta':
        // A fork repeats its source's header after its own.
        origin = text(payload['id']) ?? origin;
        paginated ||= payload['history_mode'] === 'paginated';
        if (header) return;
        header = sessionMetaFromFile(payload, at, options.path ?? null);
        if (!header) {
          skipped += 1;
          return;
        }
        meta = payload;
        return;
      default:
        skipped += 1;
    }
  };

  const take = (): Stamped[] => {
    const events = out;
    out = NOTHING;
    return events;
  };

  return {
    get header() {
      return header;
    },
    get meta() {
      return meta;
    },
    get skipped() {
      return skipped;
    },
    push(line) {
      if (isIrrelevant(line) || !line.trim()) return NOTHING;
      const parsed = parseLine(line);
      if (!parsed) {
        skipped += 1;
        return NOTHING;
      }
      if (!isReasoning(parsed.payload['type'])) reasoning.flush();
      at = parsed.at ?? at;
      const tellsTurn = parsed.type === 'event_msg' && parsed.payload['type'] === 'user_message';
      if (!tellsTurn) release();
      onLine(parsed.type, parsed.payload);
      if (tellsTurn) release();
      return take();
    },
    compacted() {
      reasoning.flush();
      ensureTurn().compacted = true;
      return take();
    },
    end() {
      reasoning.flush();
      release();
      if (current && !(current as TurnRecord).explicit) finishTurn();
      for (const turn of turns) abandonItems(turn);
      finishTurn();
      turns = [];
      byId.clear();
      return take();
    },
  };
}

function errorOf(value: unknown): TurnError | null {
  const parsed = TurnErrorSchema().safeParse(value);
  return parsed.success ? parsed.data : null;
}
