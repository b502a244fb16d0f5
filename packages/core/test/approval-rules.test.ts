import type { AskForApproval, SandboxPolicy } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { type CommandRequest, decideCommand, decidePatch, policyName, proposedAmendment } from '../src/index.ts';

const granular = (sandbox_approval: boolean): AskForApproval => ({
  granular: {
    sandbox_approval,
    rules: true,
    skill_approval: false,
    request_permissions: false,
    mcp_elicitations: true,
  },
});
const POLICIES: AskForApproval[] = ['untrusted', 'on-failure', 'on-request', granular(true), granular(false), 'never'];
const FULL = { type: 'fullAccess' } as const;
const SANDBOXES: Record<string, SandboxPolicy> = {
  readOnly: { type: 'readOnly', access: FULL, networkAccess: false },
  workspaceWrite: {
    ...{ type: 'workspaceWrite', writableRoots: [], readOnlyAccess: FULL, networkAccess: false },
    ...{ excludeTmpdirEnvVar: true, excludeSlashTmp: true },
  },
  dangerFullAccess: { type: 'dangerFullAccess' },
  externalSandbox: { type: 'externalSandbox', networkAccess: 'restricted' },
};
const COMMANDS = {
  safe: ['ls', '-la'],
  dangerous: ['/bin/bash', '-lc', 'cd x && rm -rf y'],
  other: ['touch', 'a'],
};

const request = (more: Partial<CommandRequest>): CommandRequest => ({
  ...{ argv: COMMANDS.other, approvalPolicy: 'on-request', sandboxPolicy: { type: 'dangerFullAccess' } },
  ...{ escalated: false, justification: null, remembered: false, ...more },
});

/** r: run confined, R: run free, a: ask and run confined, A: ask and run free, x: refuse. */
function letter(more: Partial<CommandRequest>): string {
  const decision = decideCommand(request(more));
  if (decision.kind === 'refuse') return 'x';
  if (decision.kind === 'run') return decision.confined ? 'r' : 'R';
  return decision.confinedAfter ? 'a' : 'A';
}

describe('decideCommand (§15.2)', () => {
  // Columns: untrusted, on-failure, on-request, granular, granular without sandbox_approval, never.
  const rows: [sandboxes: string[], command: keyof typeof COMMANDS, escalated: boolean, expected: string][] = [
    [['readOnly', 'workspaceWrite'], 'safe', false, 'rrrrrr'],
    [['readOnly', 'workspaceWrite'], 'dangerous', false, 'aaaaxx'],
    [['readOnly', 'workspaceWrite'], 'other', false, 'arrrrr'],
    [['readOnly', 'workspaceWrite'], 'safe', true, 'xxRxxx'],
    [['readOnly', 'workspaceWrite'], 'dangerous', true, 'xxAxxx'],
    [['readOnly', 'workspaceWrite'], 'other', true, 'xxAxxx'],
    [['dangerFullAccess', 'externalSandbox'], 'safe', false, 'RRRRRR'],
    [['dangerFullAccess', 'externalSandbox'], 'dangerous', false, 'AAAAxx'],
    [['dangerFullAccess', 'externalSandbox'], 'other', false, 'ARRRRR'],
    [['dangerFullAccess', 'externalSandbox'], 'safe', true, 'xxRxxx'],
    [['dangerFullAccess', 'externalSandbox'], 'dangerous', true, 'xxAxxx'],
    [['dangerFullAccess', 'externalSandbox'], 'other', true, 'xxRxxx'],
  ];
  it.each(rows)('%j %s, escalated %s: %s', (sandboxes, command, escalated, expected) => {
    for (const name of sandboxes) {
      const sandboxPolicy = SANDBOXES[name] as SandboxPolicy;
      const argv = COMMANDS[command];
      const got = POLICIES.map((approvalPolicy) => letter({ argv, approvalPolicy, sandboxPolicy, escalated }));
      expect(got.join('')).toBe(expected);
    }
  });

  it('asks no second time for what the session allows, and still refuses what the policy forbids', () => {
    for (const approvalPolicy of POLICIES) {
      for (const sandboxPolicy of Object.values(SANDBOXES)) {
        for (const argv of Object.values(COMMANDS)) {
          for (const escalated of [false, true]) {
            const facts = { argv, approvalPolicy, sandboxPolicy, escalated };
            const first = letter(facts);
            const later = letter({ ...facts, remembered: true });
            expect(later).toBe(first === 'a' ? 'r' : first === 'A' ? 'R' : first);
          }
        }
      }
    }
  });

  it.each([
    ['every part of a script counts', ['bash', '-lc', 'ls && touch a'], 'A'],
    ['a script of safe parts is safe', ['bash', '-lc', 'ls && cat x | wc -l'], 'R'],
    ['one that cannot be taken apart is unknown', ['bash', '-lc', 'ls > out'], 'A'],
    ['not dangerous, only unknown', ['rm', '-fr', 'x'], 'A'],
  ])('%s', (_, argv, expected) => {
    expect(letter({ argv, approvalPolicy: 'untrusted' })).toBe(expected);
  });

  it('gives the reasons that clients and models know', () => {
    const reason = (more: Partial<CommandRequest>) => {
      const decision = decideCommand(request(more));
      return decision.kind === 'run' ? null : decision.reason;
    };
    const argv = COMMANDS.dangerous;
    expect(reason({ argv, approvalPolicy: 'never' })).toBe('blocked by policy');
    expect(reason({ argv, approvalPolicy: granular(false) })).toBe(
      'approval required by policy, but AskForApproval::Granular.sandbox_approval is false',
    );
    expect(reason({ argv, justification: 'why' })).toBe('why');
    expect(reason({ escalated: true, approvalPolicy: 'never' })).toMatch(
      /^approval policy is Never; reject command — you cannot ask for escalated permissions if .* is Never$/,
    );
    expect(POLICIES.map(policyName)).toEqual([
      ...['UnlessTrusted', 'OnFailure', 'OnRequest', 'Granular', 'Granular', 'Never'],
    ]);
  });
});

describe('decidePatch (§12.6)', () => {
  // Columns as above, except that on-failure asks first: nothing could stop the write.
  it.each([
    ['confined, inside', ['readOnly', 'workspaceWrite'], true, false, 'Arrrrr'],
    ['confined, outside', ['readOnly', 'workspaceWrite'], false, false, 'AAAAxx'],
    ['unconfined', ['dangerFullAccess', 'externalSandbox'], true, false, 'Arrrrr'],
    ['confined, outside, remembered', ['readOnly', 'workspaceWrite'], false, true, 'rrrrxx'],
    ['confined, inside, remembered', ['readOnly', 'workspaceWrite'], true, true, 'rrrrrr'],
  ])('%s', (_, sandboxes, insideRoots, remembered, expected) => {
    for (const name of sandboxes) {
      const sandboxPolicy = SANDBOXES[name] as SandboxPolicy;
      const got = POLICIES.map((approvalPolicy) => {
        const decision = decidePatch({ approvalPolicy, sandboxPolicy, insideRoots, remembered });
        if (decision.kind === 'refuse') {
          expect(decision.reason).toBe(
            'patch rejected: writing outside of the project; rejected by user approval settings',
          );
        }
        return { apply: 'r', ask: 'A', refuse: 'x' }[decision.kind];
      });
      expect(got.join('')).toBe(expected);
    }
  });
});

describe('proposedAmendment (§15.4)', () => {
  const bash = (script: string) => ['/bin/bash', '-lc', script];
  it.each<[string, string[], string[] | null, string[]]>([
    ['the model’s prefix', bash('mkdir -p /opt/x'), ['mkdir', '-p'], ['mkdir', '-p']],
    ['none given: the command', bash('mkdir -p /opt/x'), null, ['mkdir', '-p', '/opt/x']],
    ['an empty one', ['mkdir', 'x'], [], ['mkdir', 'x']],
    ['one that is not how the command begins', bash('mkdir a'), ['touch'], ['mkdir', 'a']],
    ['one that covers only a part', bash('mkdir a && touch b'), ['mkdir'], ['mkdir', 'a']],
    ['one that covers all parts', bash('npm test && npm run lint'), ['npm'], ['npm']],
    ['the first part that is asked about', bash('ls && touch b'), null, ['touch', 'b']],
    ['a script that cannot be taken apart', bash('touch $HOME'), ['touch'], bash('touch $HOME')],
    ['code of an interpreter', ['python3', '-c', 'print(1)'], ['python3', '-c'], ['python3', '-c', 'print(1)']],
    ['a bare interpreter', ['node', 'x.js'], ['node'], ['node', 'x.js']],
    ['a program of an interpreter is fine', ['node', 'x.js', 'y'], ['node', 'x.js'], ['node', 'x.js']],
    ['bare git', ['git', 'push'], ['git'], ['git', 'push']],
    ['git with a word is fine', ['git', 'push', 'origin'], ['git', 'push'], ['git', 'push']],
    ['a shell by its path', ['/bin/sh', 'x.sh'], ['/bin/sh'], ['/bin/sh', 'x.sh']],
    ['sudo', ['sudo', 'make'], ['sudo'], ['sudo', 'make']],
  ])('%s', (_, argv, wanted, expected) => {
    expect(proposedAmendment(argv, wanted)).toEqual(expected);
  });
});
