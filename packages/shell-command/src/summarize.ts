import { joinForDisplay } from './display.ts';
import { joinPaths, operands, shortPath } from './operands.ts';
import { fileRead, isFormatting } from './reading.ts';
import type { PlainScript } from './script.ts';
import { looking } from './searching.ts';
import { plainCommands, shellScript } from './shell.ts';

/** What a command does, as clients show it. Paths are as the command names them, not resolved. */
export type CommandAction =
  | { type: 'read'; command: string; name: string; path: string }
  | { type: 'listFiles'; command: string; path: string | null }
  | { type: 'search'; command: string; query: string | null; path: string | null }
  | { type: 'unknown'; command: string };

/**
 * What a command line does, in a list that reads well (core spec 14.4). Helpers such as `| head` and `cd x &&` are left out; one part
 * that is not understood makes the whole a single `unknown`. Empty when only helpers without effect are there, as in `cd x`.
 */
export function summarize(argv: readonly string[]): CommandAction[] {
  const script = shellScript(argv);
  const whole = script ?? joinForDisplay(argv);
  const unknown: CommandAction[] = [{ type: 'unknown', command: whole }];
  const plain = plainCommands(argv);
  const main = plain ? plain.commands.filter((words) => !isFormatting(words)) : [];
  if (!plain || main.length === 0) return unknown;
  const actions = withoutRepeats(describe(main));
  if (actions.some((action) => action.type === 'unknown')) return unknown;
  const [sole] = actions;
  if (actions.length === 1 && sole?.type === 'read' && showsRange(plain)) return [{ ...sole, command: whole }];
  return actions;
}

/** A pipeline that cuts a range of lines makes sense only as a whole. */
function showsRange(plain: PlainScript): boolean {
  return plain.piped && plain.commands.some(([program, first]) => program === 'sed' && first === '-n');
}

function describe(commands: readonly (readonly string[])[]): CommandAction[] {
  let folder = '';
  const steps: { words: readonly string[]; action: CommandAction }[] = [];
  for (const words of commands) {
    if (words[0] === 'cd') folder = joinPaths(folder, cdTarget(words.slice(1)));
    else steps.push({ words, action: describeOne(words, folder) });
  }
  const isTrue = (words: readonly string[]) => words.length === 1 && words[0] === 'true';
  const kept = steps.length > 1 ? steps.filter((step) => !isTrue(step.words)) : steps;
  if (kept.length > 1 && kept[0]?.words[0] === 'echo') kept.shift();
  return kept.map((step) => step.action);
}

function describeOne(words: readonly string[], folder: string): CommandAction {
  const command = joinForDisplay(words);
  const file = fileRead(words);
  if (file !== null) return { type: 'read', command, name: shortPath(file), path: joinPaths(folder, file) };
  const look = looking(words);
  return look ? { ...look, command } : { type: 'unknown', command };
}

/** The last operand counts; without one nothing changes. */
function cdTarget(args: readonly string[]): string {
  return operands(args).at(-1) ?? '';
}

function withoutRepeats(actions: readonly CommandAction[]): CommandAction[] {
  return actions.filter((action, at) => {
    const before = actions[at - 1];
    return before === undefined || JSON.stringify(before) !== JSON.stringify(action);
  });
}
