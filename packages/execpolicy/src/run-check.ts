import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage } from '@codex/base';
import { evaluate, matchRules } from './evaluate.ts';
import { mergeRules, NO_RULES, type Rules } from './rule.ts';
import { parseRules } from './parse-rules.ts';

export interface CheckResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CheckArgs {
  readonly files: readonly string[];
  readonly command: readonly string[];
  readonly pretty: boolean;
  readonly resolve: boolean;
}

const USAGE = 'Usage: codex execpolicy check [OPTIONS] --rules <PATH> <COMMAND>...';
const HELP = `Says what rules files make of a command

${USAGE}

Arguments:
  <COMMAND>...  The command, word by word

Options:
  -r, --rules <PATH>              A rules file to read; can be given several times
      --pretty                    Indent the JSON
      --resolve-host-executables  Look up programs given by path under their base name, too
  -h, --help                      Print this help
`;

/**
 * `codex execpolicy check` (execpolicy specification §9). `args` is what follows `check`; relative files and programs are
 * taken from `cwd`. Reads the given files and nothing else.
 */
export async function runCheck(args: readonly string[], cwd: string = process.cwd()): Promise<CheckResult> {
  const parsed = readArgs(args);
  if (parsed === 'help') return { exitCode: 0, stdout: HELP, stderr: '' };
  if (typeof parsed === 'string') {
    return { exitCode: 2, stdout: '', stderr: `error: ${parsed}\n\n${USAGE}\n\nFor more information, try '--help'.\n` };
  }
  let rules: Rules = NO_RULES;
  for (const file of parsed.files) {
    const read = await readText(path.resolve(cwd, file));
    if (!read.ok) return failed(`failed to read policy at ${file}`, read.error);
    const result = parseRules(read.text, file, { hosts: rules.hosts, cwd });
    if (!result.ok) return failed(`failed to parse policy at ${file}`, result.error.text);
    rules = mergeRules(rules, result.rules);
  }
  const answer = answerFor(rules, parsed.command, parsed.resolve ? cwd : undefined);
  return { exitCode: 0, stdout: `${JSON.stringify(answer, null, parsed.pretty ? 2 : 0)}\n`, stderr: '' };
}

function failed(headline: string, cause: string): CheckResult {
  const indented = cause.split('\n').map((line) => `    ${line}`);
  return { exitCode: 1, stdout: '', stderr: `Error: ${headline}\n\nCaused by:\n${indented.join('\n')}\n` };
}

async function readText(file: string): Promise<{ ok: true; text: string } | { ok: false; error: string }> {
  try {
    const bytes = await readFile(file);
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    const text = error instanceof TypeError ? 'stream did not contain valid UTF-8' : toMessage(error);
    return { ok: false, error: text };
  }
}

function answerFor(rules: Rules, command: readonly string[], cwd: string | undefined): object {
  const matches = matchRules(rules, command, cwd);
  const matchedRules = matches.map(({ matchedPrefix, decision, resolvedProgram, justification }) => ({
    prefixRuleMatch: {
      matchedPrefix,
      decision,
      ...(resolvedProgram === null ? {} : { resolvedProgram }),
      ...(justification === null ? {} : { justification }),
    },
  }));
  if (matches.length === 0) return { matchedRules };
  const { decision } = evaluate(rules, [command], () => 'allow', cwd === undefined ? {} : { cwd });
  return { matchedRules, decision };
}

/** Options of the whole program that mean nothing here. */
const IGNORED = new Set(['-c', '--config', '--enable', '--disable']);

/** What is wrong with the arguments is a text; from the first that is no option on, everything is the command. */
function readArgs(args: readonly string[]): CheckArgs | string {
  const files: string[] = [];
  const flags = new Set<string>();
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    const [name, inline] = arg.startsWith('--') ? splitOption(arg) : [arg, undefined];
    if (name === '-h' || name === '--help') return 'help';
    if (name === '--pretty' || name === '--resolve-host-executables') {
      if (inline !== undefined) return `unexpected value '${inline}' for '${name}' found; no more were expected`;
      if (flags.has(name)) return `the argument '${name}' cannot be used multiple times`;
      flags.add(name);
    } else if (name === '-r' || name === '--rules' || IGNORED.has(name)) {
      const value = inline ?? args[++at] ?? '';
      const label = name === '-r' || name === '--rules' ? '--rules <PATH>' : name;
      if (value === '') return `a value is required for '${label}' but none was supplied`;
      if (!IGNORED.has(name)) files.push(value);
    } else {
      if (arg === '--') at++;
      break;
    }
  }
  const command = args.slice(at);
  const missing = [...(files.length ? [] : ['--rules <PATH>']), ...(command.length ? [] : ['<COMMAND>...'])];
  if (missing.length > 0) {
    return `the following required arguments were not provided:\n${missing.map((name) => `  ${name}`).join('\n')}`;
  }
  return { files, command, pretty: flags.has('--pretty'), resolve: flags.has('--resolve-host-executables') };
}

function splitOption(arg: string): [string, string | undefined] {
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
