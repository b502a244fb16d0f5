import fs from 'node:fs';
import path from 'node:path';

/** All times are UTC, as the programs under test run with TZ=UTC. */
const BEGAN_MS = Date.UTC(2026, 9, 1, 9, 0, 0);
const TURN_MS = 60_000;
const COMPACT_EVERY = 100;
const WORDS =
  'the parser reads one line after another and keeps what it cannot use until the next release café naïve “quoted” build cache index worker'.split(
    ' ',
  );

/**
 * Writes a thread as somebody has it who never starts a new one: each turn a message of the user, a command with its
 * output, an answer and token counts; the history compacted every 100 turns. The same for the same count.
 *
 * @param {string} home
 * @param {number} turns
 */
export function writeLongThread(home, turns) {
  const id = uuid(BEGAN_MS, 0);
  const stamp = time(BEGAN_MS);
  const folder = path.join(home, 'sessions', ...stamp.slice(0, 10).split('-'));
  const file = path.join(folder, `rollout-${stamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`);
  fs.mkdirSync(folder, { recursive: true });
  const out = fs.openSync(file, 'w');
  try {
    fs.writeSync(out, lines(BEGAN_MS, [['session_meta', meta(id, stamp)]]));
    for (let turn = 1; turn <= turns; turn++) {
      const compacts = turn % COMPACT_EVERY === COMPACT_EVERY / 2;
      fs.writeSync(out, lines(BEGAN_MS + turn * TURN_MS, compacts ? compaction(turn) : work(turn)));
    }
    return { id, path: file, bytes: fs.fstatSync(out).size };
  } finally {
    fs.closeSync(out);
  }
}

/** @typedef {[type: string, payload: object]} Entry */

/** @returns {Entry[]} */
function work(turn) {
  const turn_id = uuid(BEGAN_MS + turn * TURN_MS, turn);
  const call_id = `call-${turn}`;
  const said = `Step ${turn}: ${prose(turn, 30)}`;
  const answer = `Done with step ${turn}. ${prose(turn * 7, 90)}`;
  const output = Array.from({ length: 20 }, (_, i) => `src/part-${i}.ts:${turn}: ${prose(turn + i, 8)}\n`).join('');
  const cmd = `rg -n "step ${turn}" src`;
  return [
    event('task_started', { turn_id, model_context_window: 258_400, collaboration_mode_kind: 'default' }),
    ['turn_context', context(turn_id)],
    message('user', 'input_text', said),
    event('user_message', { message: said, images: [], local_images: [], text_elements: [] }),
    [
      'response_item',
      { type: 'function_call', name: 'shell_command', arguments: JSON.stringify({ command: cmd }), call_id },
    ],
    tokens(turn),
    event('exec_command_end', {
      call_id,
      turn_id,
      command: ['/bin/bash', '-lc', cmd],
      cwd: '/home/user/demo',
      parsed_cmd: [{ type: 'search', cmd, query: `step ${turn}`, path: 'src' }],
      source: 'agent',
      stdout: '',
      stderr: '',
      aggregated_output: output,
      exit_code: 0,
      duration: { secs: 0, nanos: 41_000_000 },
      formatted_output: '',
      status: 'completed',
    }),
    [
      'response_item',
      { type: 'function_call_output', call_id, output: `Exit code: 0\nWall time: 0.1 seconds\nOutput:\n${output}` },
    ],
    tokens(turn),
    event('agent_message', { message: answer, phase: null }),
    message('assistant', 'output_text', answer),
    tokens(turn),
    event('task_complete', { turn_id, last_agent_message: answer }),
  ];
}

/** @returns {Entry[]} */
function compaction(turn) {
  const turn_id = uuid(BEGAN_MS + turn * TURN_MS, turn);
  const summary = `What happened so far, up to step ${turn}: ${prose(turn, 400)}`;
  const kept = Array.from({ length: 40 }, (_, i) => message('user', 'input_text', prose(turn + i, 60))[1]);
  return [
    event('task_started', { turn_id, model_context_window: 258_400, collaboration_mode_kind: 'default' }),
    ['compacted', { message: summary, replacement_history: [...kept, message('user', 'input_text', summary)[1]] }],
    tokens(turn),
    event('context_compacted', {}),
    event('task_complete', { turn_id, last_agent_message: null }),
  ];
}

function meta(id, stamp) {
  return {
    id,
    timestamp: stamp,
    cwd: '/home/user/demo',
    originator: 'bench',
    cli_version: '0.115.0',
    source: 'vscode',
    model_provider: 'mock',
    base_instructions: { text: prose(0, 2000) },
  };
}

function context(turn_id) {
  return {
    turn_id,
    cwd: '/home/user/demo',
    current_date: '2026-10-01',
    timezone: 'Etc/UTC',
    approval_policy: 'never',
    sandbox_policy: { type: 'danger-full-access' },
    model: 'gpt-5.2-codex',
    personality: 'pragmatic',
    collaboration_mode: {
      mode: 'default',
      settings: { model: 'gpt-5.2-codex', reasoning_effort: null, developer_instructions: null },
    },
    realtime_active: false,
    summary: 'auto',
    user_instructions: prose(1, 150),
    truncation_policy: { mode: 'tokens', limit: 10_000 },
  };
}

function tokens(turn) {
  const used = (n) => ({
    input_tokens: 100 * n,
    cached_input_tokens: 40 * n,
    output_tokens: 20 * n,
    reasoning_output_tokens: 5 * n,
    total_tokens: 120 * n,
  });
  return event('token_count', {
    info: { total_token_usage: used(turn), last_token_usage: used(1), model_context_window: 258_400 },
    rate_limits: {
      limit_id: 'codex',
      limit_name: null,
      primary: null,
      secondary: null,
      credits: null,
      plan_type: null,
    },
  });
}

/** @returns {Entry} */
function event(type, payload) {
  return ['event_msg', { type, ...payload }];
}

/** @returns {Entry} */
function message(role, type, text) {
  return ['response_item', { type: 'message', role, content: [{ type, text }] }];
}

function prose(seed, words) {
  return Array.from({ length: words }, (_, i) => WORDS[(seed * 7 + i * (1 + (seed % 5))) % WORDS.length]).join(' ');
}

/** @param {Entry[]} entries */
function lines(at, entries) {
  return entries.map(([type, payload]) => `${JSON.stringify({ timestamp: time(at), type, payload })}\n`).join('');
}

function time(ms) {
  return new Date(ms).toISOString();
}

/** A version 7 uuid that is the same every time. */
function uuid(ms, number) {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}
