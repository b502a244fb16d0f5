import type { Writable } from 'node:stream';
import type { HookRunSummary, SandboxPolicy, ServerNotification, ThreadItem } from '@codex/protocol';
import { VERSION } from './io.ts';
import { errorText, type Opened, type Output } from './output.ts';
import { createStyle, type Style } from './style.ts';

const OUTPUT_LINES = 20;
const DIFF_LINES = 200;

export interface HumanOptions {
  color: boolean;
  /** As configured; the thread does not tell. */
  reasoningSummary: string;
  showReasoning: boolean;
  showRawReasoning: boolean;
}

/** The course of events on stderr; at the end the last message on stdout (exec specification, "Human mode"). */
export function humanOutput(stdout: Writable, stderr: Writable, options: HumanOptions): Output {
  const style = createStyle(options.color);
  const say = (text: string) => stderr.write(`${text}\n`);
  let lastError: string | null = null;

  const warn = (message: string) => {
    say(style.yellow(`warning: ${message}`));
  };

  const showError = (message: string) => {
    lastError = message;
    say(style.red(`ERROR: ${message}`));
  };

  const thoughts = ({ summary, content }: Extract<ThreadItem, { type: 'reasoning' }>) =>
    [...(options.showReasoning ? summary : []), ...(options.showRawReasoning ? content : [])]
      .filter((part) => part !== '')
      .flatMap((part) => [style.magenta('thinking'), style.dim(part)]);

  const completed = (item: ThreadItem) => {
    for (const line of item.type === 'reasoning' ? thoughts(item) : describe(item, style)) say(line);
  };

  return {
    opened(opened, prompt) {
      say(header(opened, options, style));
      if (prompt !== null) say(`${style.cyan('user')}\n${prompt}`);
    },
    event(notification: ServerNotification) {
      switch (notification.method) {
        case 'item/started': {
          const { item } = notification.params;
          if (item.type === 'commandExecution') {
            say(`${style.magenta('exec')}\n${style.bold(item.command)} in ${item.cwd}`);
          } else if (item.type === 'mcpToolCall') say(`${style.magenta('tool')} ${mcpCall(item)}`);
          return;
        }
        case 'item/completed':
          completed(notification.params.item);
          return;
        case 'turn/plan/updated': {
          const { explanation, plan } = notification.params;
          const marks = { pending: '•', inProgress: '→', completed: '✓' } as const;
          const steps = plan.map(({ step, status }) => `  ${marks[status]} ${step}`);
          say([style.magenta('Plan update'), ...(explanation ? [explanation] : []), ...steps].join('\n'));
          return;
        }
        case 'hook/completed':
          for (const line of hookLines(notification.params.run, style)) say(line);
          return;
        case 'error': {
          const { error, willRetry } = notification.params;
          if (willRetry) say(style.yellow(errorText(error)));
          else showError(errorText(error));
          return;
        }
        default:
          return;
      }
    },
    notice: warn,
    warn,
    ended(outcome) {
      if (outcome.kind === 'failed' && outcome.message !== lastError) showError(outcome.message);
      const { inputTokens, cachedInputTokens, outputTokens } = outcome.usage;
      const tokens = Math.max(0, inputTokens - cachedInputTokens) + outputTokens;
      if (tokens > 0) say(`${style.magenta('tokens used')}\n${withCommas(tokens)}`);
      if (outcome.kind === 'completed' && outcome.lastMessage !== null) stdout.write(`${outcome.lastMessage}\n`);
    },
  };
}

/** `1234567` as `1,234,567`. The locale's own way costs ten milliseconds the first time. */
function withCommas(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function header(opened: Opened, options: HumanOptions, style: Style): string {
  const rows = {
    workdir: opened.cwd,
    model: opened.model,
    provider: opened.modelProvider,
    approval: typeof opened.approvalPolicy === 'string' ? opened.approvalPolicy : 'granular',
    sandbox: sandboxText(opened.sandbox),
    'reasoning effort': opened.reasoningEffort ?? 'none',
    'reasoning summaries': options.reasoningSummary,
    'session id': opened.thread.id,
  };
  const lines = Object.entries(rows).map(([name, value]) => `${style.bold(`${name}:`)} ${value}`);
  return [`Codex v${VERSION}`, '--------', ...lines, '--------'].join('\n');
}

function sandboxText(policy: SandboxPolicy): string {
  switch (policy.type) {
    case 'dangerFullAccess':
      return 'danger-full-access';
    case 'readOnly':
      return 'read-only';
    case 'externalSandbox':
      return 'external-sandbox';
    case 'workspaceWrite': {
      const places = [
        'workdir',
        ...(policy.excludeSlashTmp ? [] : ['/tmp']),
        ...(policy.excludeTmpdirEnvVar ? [] : ['$TMPDIR']),
        ...policy.writableRoots,
      ];
      return `workspace-write [${places.join(', ')}]${policy.networkAccess ? ' (network access enabled)' : ''}`;
    }
  }
}

function describe(item: ThreadItem, style: Style): string[] {
  switch (item.type) {
    case 'enteredReviewMode':
      return [style.cyan('user'), item.review];
    case 'agentMessage':
      return [style.magenta('codex'), item.text];
    case 'commandExecution': {
      const took = item.durationMs === null ? '' : ` in ${item.durationMs}ms`;
      const how =
        item.status === 'declined'
          ? style.red('was declined')
          : item.exitCode === 0
            ? style.green(`succeeded${took}`)
            : style.red(`exited ${item.exitCode ?? 'without a code'}${took}`);
      return [` ${how}:`, ...cut(item.aggregatedOutput ?? '', OUTPUT_LINES, style)];
    }
    case 'fileChange': {
      const mark = { add: 'A', delete: 'D', update: 'M' } as const;
      const how = item.status === 'completed' ? style.magenta('file update') : style.red(`file update ${item.status}`);
      return [
        how,
        ...item.changes.flatMap(({ path, kind, diff }) => [
          `${mark[kind.type]} ${path}`,
          ...cut(diff, DIFF_LINES, style),
        ]),
      ];
    }
    case 'mcpToolCall': {
      const took = item.durationMs === null ? '' : ` in ${item.durationMs}ms`;
      const how = item.status === 'completed' ? style.green(`success${took}`) : style.red(`failed${took}`);
      const said = item.error?.message ?? JSON.stringify(item.result?.content ?? [], null, 2);
      return [`${mcpCall(item)} ${how}:`, ...cut(said, OUTPUT_LINES, style)];
    }
    case 'collabAgentToolCall':
      return [`${style.magenta('agents')} ${item.tool} ${item.status}`];
    case 'webSearch':
      return [`${style.magenta('web search')} ${item.query}`];
    case 'contextCompaction':
      return [style.magenta('context compacted')];
    default:
      return [];
  }
}

type McpCall = Extract<ThreadItem, { type: 'mcpToolCall' }>;

function mcpCall({ server, tool, arguments: args }: McpCall): string {
  return `${server}.${tool}(${args === null ? '' : JSON.stringify(args)})`;
}

function hookLines({ eventName, status, entries }: HookRunSummary, style: Style): string[] {
  const name = `hook ${eventName === 'stop' ? 'Stop' : 'SessionStart'}`;
  const head = status === 'completed' ? `${style.magenta(name)} completed` : style.yellow(`${name} ${status}`);
  return [head, ...entries.map(({ kind, text }) => `  ${kind}: ${text}`)];
}

function cut(text: string, limit: number, style: Style): string[] {
  if (text === '') return [];
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.length <= limit) return [style.dim(lines.join('\n'))];
  return [style.dim(lines.slice(0, limit).join('\n')), style.dim(`… ${lines.length - limit} more lines`)];
}
