import type { RateLimitWindow, ResultOf } from '@codex/protocol';
import type { Cell } from '../cells/cell.ts';
import { commandText } from '../cells/command.ts';
import type { Session, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { contextLeft, duration, shortCount, withCommas } from '../text/amounts.ts';
import { homely } from '../text/path.ts';
import { plainLine } from '../text/plain.ts';
import { approvalText, sandboxText } from './thread.ts';

/** `/status`: what is in force, and what was used. */
export function showStatus(state: State, session: Session): Step {
  return step(
    state,
    call(
      'account/read',
      {},
      ({ account }) => change((now) => step(addCells(now, statusOf(now, session, account)))),
      () => change((now) => step(addCells(now, statusOf(now, session, null)))),
    ),
  );
}

function statusOf(state: State, session: Session, account: ResultOf<'account/read'>['account']): Cell {
  const { usage, rateLimits, place } = state;
  const left = usage ? contextLeft(usage.last.totalTokens, usage.modelContextWindow) : null;
  const effort = session.effort === null ? '' : ` (${session.effort})`;
  const rows: (readonly [string, string])[] = [
    ['model', session.model + effort],
    ['provider', session.provider],
    [
      'account',
      account === null ? 'none' : account.type === 'apiKey' ? 'API key' : `${account.email} (${account.planType})`,
    ],
    ['folder', homely(session.cwd, place.userHome)],
    ['approval', approvalText(session)],
    ['sandbox', sandboxText(session.sandbox)],
    ['mode', session.mode],
    ['session', session.threadId],
    ...(session.name === null ? [] : [['name', session.name] as const]),
    [
      'tokens',
      usage
        ? `${withCommas(usage.total.totalTokens)} (${withCommas(usage.total.inputTokens)} in, of which ${withCommas(usage.total.cachedInputTokens)} cached, ${withCommas(usage.total.outputTokens)} out)`
        : 'none yet',
    ],
    [
      'context',
      left === null || !usage
        ? 'not known yet'
        : `${left}% left (${shortCount(usage.last.totalTokens)} of ${shortCount(usage.modelContextWindow ?? 0)} used)`,
    ],
    ...limitRow('limit', rateLimits?.primary, state.now),
    ...limitRow('second limit', rateLimits?.secondary, state.now),
  ];
  return { kind: 'facts', title: `Codex ${place.version}`, rows };
}

function limitRow(
  name: string,
  window: RateLimitWindow | null | undefined,
  now: number,
): (readonly [string, string])[] {
  if (!window) return [];
  const span = window.windowDurationMins === null ? '' : ` of ${duration(window.windowDurationMins * 60_000)}`;
  const resets = window.resetsAt === null ? '' : `, renewed in ${duration(Math.max(0, window.resetsAt * 1000 - now))}`;
  return [[name, `${window.usedPercent}%${span} used${resets}`]];
}

/** `/mcp`: the servers with their tools. */
export function listServers(state: State): Step {
  return step(
    state,
    call('mcpServerStatus/list', {}, ({ data }) =>
      change((now) => {
        if (data.length === 0)
          return step(
            addCells(now, {
              kind: 'notice',
              level: 'info',
              text: 'No MCP servers are configured; `codex mcp add` does that.',
            }),
          );
        const rows = data.map(({ name, tools, authStatus }) => {
          const login = authStatus === 'notLoggedIn' ? 'not logged in; ' : '';
          return [name, login + (Object.keys(tools).join(', ') || 'no tools')] as const;
        });
        return step(addCells(now, { kind: 'facts', title: 'MCP servers', rows }));
      }),
    ),
  );
}

/** `/ps`: commands that were left running. */
export function showTerminals(state: State): Step {
  const rows = terminals(state).map(
    ({ item }) => [item.processId ?? item.id, plainLine(commandText(item.command))] as const,
  );
  if (rows.length === 0)
    return step(addCells(state, { kind: 'notice', level: 'info', text: 'No terminal runs in the background.' }));
  return step(addCells(state, { kind: 'facts', title: 'In the background (/clean ends them)', rows }));
}

/** Commands that outlived the turn that began them. */
export function terminals(state: State) {
  return state.open.flatMap(({ item, turnId }) =>
    item.type === 'commandExecution' && turnId !== state.turn?.id ? [{ item }] : [],
  );
}
