import type { Writable } from 'node:stream';
import type { ServerNotification, ThreadItem } from '@codex/protocol';
import { errorText, type Output } from './output.ts';
import type { Style } from './style.ts';

const SHOWN_LINES = 24;

/** The demo's turn as a numbered story. */
export function demoOutput(out: Writable, style: Style): Output {
  let step = 0;
  const say = (text: string) => out.write(`${text}\n`);
  const quote = (text: string) => {
    const lines = text.replace(/\n$/, '').split('\n');
    const shown = lines.slice(0, SHOWN_LINES);
    if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
    for (const line of shown) say(style.dim(`     | ${line}`));
  };

  const show = (item: ThreadItem) => {
    switch (item.type) {
      case 'agentMessage':
        say(`\n${style.bold(`${++step}.`)} ${style.magenta('model')}  ${item.text}`);
        return;
      case 'commandExecution': {
        quote(item.aggregatedOutput ?? '');
        const ok = item.exitCode === 0;
        const how = `exit code ${item.exitCode ?? 'none'}${item.durationMs === null ? '' : `, ${item.durationMs} ms`}`;
        say(`   ${ok ? style.green(how) : style.red(how)}`);
        return;
      }
      case 'fileChange':
        for (const { path, diff } of item.changes) {
          say(`   ${style.cyan('patch')}  ${path} (${item.status})`);
          quote(diff);
        }
        return;
      default:
        return;
    }
  };

  const note = (message: string) => {
    say(style.yellow(`   note   ${message}`));
  };

  return {
    opened: ({ model, sandbox, approvalPolicy }, prompt) => {
      const policy = `${sandbox.type}, approval ${typeof approvalPolicy === 'string' ? approvalPolicy : 'granular'}`;
      say(`${style.cyan('you')}    ${prompt}`);
      say(style.dim(`       (model ${model}; policy in force: ${policy})`));
    },
    event(notification: ServerNotification) {
      if (notification.method === 'item/completed') show(notification.params.item);
      else if (notification.method === 'item/started' && notification.params.item.type === 'commandExecution') {
        say(`   ${style.cyan('run')}    ${notification.params.item.command}`);
      } else if (notification.method === 'error') say(style.red(`   error  ${errorText(notification.params.error)}`));
    },
    notice: note,
    warn: note,
    ended: (outcome) => {
      if (outcome.kind === 'failed') say(style.red(`\nThe turn failed: ${outcome.message}`));
    },
  };
}
