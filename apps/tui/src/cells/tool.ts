import { isObject } from '@codex/base';
import type { ThreadItem } from '@codex/protocol';
import { duration } from '../text/amounts.ts';
import { plainLine, plainOutput } from '../text/plain.ts';
import { hang } from '../text/wrap.ts';
import type { Look } from './look.ts';
import { renderOutput } from './output.ts';

type Item<K extends ThreadItem['type']> = Extract<ThreadItem, { type: K }>;

export function renderMcp(item: Item<'mcpToolCall'>, look: Look): string[] {
  const result = item.error ? item.error.message : (item.result?.content ?? []).map(contentText).join('\n');
  return renderCall(
    `${item.server}.${item.tool}`,
    item.arguments,
    { ...item, isGood: item.status === 'completed' && !item.error, result },
    look,
  );
}

export function renderDynamicTool(item: Item<'dynamicToolCall'>, look: Look): string[] {
  const result = (item.contentItems ?? [])
    .map((part) => (part.type === 'inputText' ? part.text : '[image]'))
    .join('\n');
  return renderCall(item.tool, item.arguments, { ...item, isGood: item.success !== false, result }, look);
}

function renderCall(
  name: string,
  args: unknown,
  how: { isGood: boolean; durationMs: number | null; result: string },
  look: Look,
): string[] {
  const { theme, width } = look;
  const took = how.durationMs === null || how.durationMs < 1000 ? '' : theme.dim(` · ${duration(how.durationMs)}`);
  const mark = how.isGood ? theme.good('•') : theme.bad('•');
  return [
    ...hang(`${mark} ${theme.bold('Called')} `, callText(name, args, look) + took, width, '    '),
    ...(how.result === '' ? [] : renderOutput(plainOutput(how.result), look)),
  ];
}

/** `server.tool({"argument":1})`. */
export function callText(name: string, args: unknown, { theme }: Look): string {
  const given =
    args === null || args === undefined || (isObject(args) && Object.keys(args).length === 0)
      ? ''
      : JSON.stringify(args);
  return `${plainLine(name)}${theme.dim('(')}${plainLine(given)}${theme.dim(')')}`;
}

function contentText(part: unknown): string {
  if (!isObject(part)) return '';
  return typeof part['text'] === 'string'
    ? part['text']
    : `[${typeof part['type'] === 'string' ? part['type'] : 'content'}]`;
}

export function renderSearch({ query, action }: Item<'webSearch'>, { theme, width }: Look): string[] {
  const what =
    action?.type === 'openPage'
      ? `page ${action.url ?? ''}`
      : action?.type === 'findInPage'
        ? `${action.pattern ?? ''} in ${action.url ?? ''}`
        : query;
  return hang(`${theme.dim('•')} ${theme.bold('Searched the web')} `, plainLine(what), width, '    ');
}

const AGENT_VERBS = {
  spawnAgent: 'Started an agent',
  sendInput: 'Wrote to an agent',
  resumeAgent: 'Woke an agent',
  wait: 'Waited for agents',
  closeAgent: 'Ended an agent',
} as const;

export function renderCollab(item: Item<'collabAgentToolCall'>, look: Look): string[] {
  const { theme, width } = look;
  const states = Object.values(item.agentsStates).map(({ status, message }) =>
    message ? `${status}: ${message}` : status,
  );
  const mark = item.status === 'failed' ? theme.bad('•') : theme.dim('•');
  return [
    ...hang(`${mark} ${theme.bold(AGENT_VERBS[item.tool])} `, plainLine(item.prompt ?? ''), width, '    '),
    ...(states.length > 0 ? renderOutput(states.map(plainLine).join('\n'), look) : []),
  ];
}
