import fs from 'node:fs';
import path from 'node:path';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The newest thread; all times are UTC, as the programs under test run with TZ=UTC. */
const LAST_MS = Date.UTC(2026, 9, 30, 18, 0, 0);
/** Threads are spread over so many days, the younger days having more of them. */
const DAYS = 500;
const WORDS =
  'parser test build cache index user login page list search file module error retry stream socket query table column release branch merge review deploy docker script config schema number string worker queue timer signal reader writer'.split(
    ' ',
  );
const VERBS = ['Fix', 'explain', 'Add', 'refactor', 'why does', 'Rename', 'document', 'speed up', 'Überprüfe', '修正'];
const SOURCES = ['vscode', 'vscode', 'vscode', 'cli', 'cli', 'exec', { subagent: 'review' }];
const PROVIDERS = ['mock', 'mock', 'mock', 'mock', 'openai'];
const BASE_INSTRUCTIONS = { text: 'You are a coding agent. Be precise and brief, and say what you did. '.repeat(120) };
const PERMISSIONS = 'Commands run in a sandbox that may write to the folder of the project. '.repeat(20);

/** Words found in one thread of 500, and in one thread alone, whatever the number of threads. */
export const RARE_WORD = 'quokka "100%_';
export const UNIQUE_WORD = 'axolotl';

/**
 * Fills a home with `count` conversations as real ones look on disk: by day, of several folders, sources and providers, one of
 * twelve archived, one of fifty without a message of the user. The same for the same count.
 */
export function writeOldThreads(home, count) {
  const random = generator(count);
  const pick = (list) => list[Math.floor(random() * list.length)];
  /** Folders and when the last file came into them. */
  const made = new Map();
  for (let i = 0; i < count; i++) {
    const at = Math.floor(LAST_MS - random() ** 2 * DAYS * DAY_MS);
    const id = uuidv7(at, random);
    const stamp = new Date(at).toISOString();
    const isArchived = random() < 1 / 12;
    const name = `rollout-${stamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`;
    const folder = isArchived
      ? path.join(home, 'archived_sessions')
      : path.join(home, 'sessions', ...stamp.slice(0, 10).split('-'));
    if (!made.has(folder)) fs.mkdirSync(folder, { recursive: true });
    made.set(folder, Math.max(at, made.get(folder) ?? 0));
    const marks = [...(i % 500 === 7 ? [RARE_WORD] : []), ...(i === Math.floor(count / 3) ? [UNIQUE_WORD] : [])];
    const file = path.join(folder, name);
    const turns = random() < 1 / 50 ? [] : Array.from({ length: 1 + Math.floor(random() ** 3 * 6) }, () => request());
    if (turns.length > 0) turns[0] = [turns[0], ...marks].join(' ');
    fs.writeFileSync(file, rollout({ id, at, turns }));
    const updated = (at + turns.length * 60_000 + random() ** 8 * 20 * DAY_MS) / 1000;
    fs.utimesSync(file, updated, updated);
  }
  for (const [folder, at] of made) fs.utimesSync(folder, at / 1000, at / 1000);

  function request() {
    const length = 3 + Math.floor(random() ** 4 * 120);
    return `${pick(VERBS)} ${Array.from({ length }, () => pick(WORDS)).join(' ')} ${Math.floor(random() * 1e6)}`;
  }

  function rollout({ id, at, turns }) {
    const cwd = `/home/user/projects/${pick(WORDS)}`;
    const lines = [];
    let now = at;
    const line = (type, payload) =>
      lines.push(JSON.stringify({ timestamp: new Date((now += 7)).toISOString(), type, payload }));
    const git = {
      commit_hash: id.replaceAll('-', ''),
      branch: pick(WORDS),
      repository_url: 'https://git.example.com/a.git',
    };
    line('session_meta', {
      ...{ id, timestamp: new Date(at).toISOString(), cwd, originator: 'bench', cli_version: '0.115.0' },
      ...{ source: pick(SOURCES), model_provider: pick(PROVIDERS), base_instructions: BASE_INSTRUCTIONS, git },
    });
    for (const [n, text] of turns.entries()) {
      const turn_id = uuidv7(now, random);
      line('event_msg', {
        type: 'task_started',
        turn_id,
        model_context_window: 258_400,
        collaboration_mode_kind: 'default',
      });
      if (n === 0) {
        line('response_item', said('developer', PERMISSIONS));
        line('response_item', said('user', `<environment_context>\n  <cwd>${cwd}</cwd>\n</environment_context>`));
      }
      line('turn_context', context(turn_id, cwd));
      line('response_item', said('user', text));
      line('event_msg', { type: 'user_message', message: text, images: [], local_images: [], text_elements: [] });
      for (let call = 0; call < 2; call++) {
        const call_id = `call_${id.slice(-6)}${n}${call}`;
        const args = JSON.stringify({ command: `rg -n ${pick(WORDS)} src`, workdir: cwd });
        line('response_item', { type: 'function_call', name: 'shell_command', arguments: args, call_id });
        line('response_item', { type: 'function_call_output', call_id, output: `${request()}\n`.repeat(4) });
      }
      const answer = request();
      line('event_msg', { type: 'agent_message', message: answer, phase: null });
      line('response_item', said('assistant', answer));
      line('event_msg', tokens(n));
      line('event_msg', { type: 'task_complete', turn_id, last_agent_message: answer });
    }
    return `${lines.join('\n')}\n`;
  }
}

function said(role, text) {
  return { type: 'message', role, content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }] };
}

function context(turn_id, cwd) {
  const settings = { model: 'gpt-5.2-codex', reasoning_effort: null, developer_instructions: null };
  return {
    ...{ turn_id, cwd, current_date: '2026-10-30', timezone: 'Etc/UTC', approval_policy: 'on-request' },
    ...{ sandbox_policy: { type: 'danger-full-access' }, model: 'gpt-5.2-codex', personality: 'pragmatic' },
    ...{ collaboration_mode: { mode: 'default', settings }, realtime_active: false, summary: 'auto' },
    truncation_policy: { mode: 'tokens', limit: 10_000 },
  };
}

function tokens(n) {
  const usage = {
    ...{ input_tokens: 100, cached_input_tokens: 40, output_tokens: 20, reasoning_output_tokens: 5 },
    total_tokens: 120 * (n + 1),
  };
  const info = { total_token_usage: usage, last_token_usage: usage, model_context_window: 258_400 };
  return { type: 'token_count', info, rate_limits: null };
}

/** Version 7: the milliseconds first, so that ids sort by time of creation. */
function uuidv7(at, random) {
  const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
