import { parseRules, type Rules } from '@codex/execpolicy';
import type { AskForApproval, SandboxPolicy } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { asksForRetry, type CommandRequest, decideCommand, decidePatch, policyName, type Wish } from '../src/index.ts';

const granular = (more: { sandbox_approval?: boolean; rules?: boolean } = {}): AskForApproval => ({
  granular: {
    sandbox_approval: true,
    rules: true,
    skill_approval: false,
    request_permissions: false,
    mcp_elicitations: true,
    ...more,
  },
});
const POLICIES: AskForApproval[] = [
  'untrusted',
  'on-failure',
  'on-request',
  granular(),
  granular({ sandbox_approval: false }),
  granular({ rules: false }),
  'never',
];
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
const CONFINING = ['readOnly', 'workspaceWrite'];
const OPEN = ['dangerFullAccess', 'externalSandbox'];

const bash = (script: string) => ['/bin/bash', '-lc', script];
const rulesOf = (text: string): Rules => {
  const parsed = parseRules(text, 'test.rules');
  if (!parsed.ok) throw new Error(parsed.error.text);
  return parsed.rules;
};
const RULES = rulesOf(`
prefix_rule(pattern=["fine"], decision="allow")
prefix_rule(pattern=["mind"], decision="prompt")
prefix_rule(pattern=["mind", "why"], decision="prompt", justification="it is loud")
prefix_rule(pattern=["bad"], decision="forbidden")
prefix_rule(pattern=["bad", "why"], decision="forbidden", justification="it is bad")
`);
const COMMANDS = {
  safe: ['ls', '-la'],
  dangerous: bash('cd x && rm -rf y'),
  other: ['touch', 'a'],
  allowed: ['fine', 'x'],
  'allowed and safe': bash('fine x | wc -l'),
  'allowed and other': bash('fine x && touch a'),
  'allowed and dangerous': bash('fine | rm -rf ./'),
  asked: ['mind', 'x'],
  'asked and dangerous': bash('mind x; rm -rf y'),
  forbidden: ['bad', 'x'],
  'allowed and forbidden': bash('fine && bad'),
  'forbidden inside': bash('touch $(bad)'),
};

const request = (more: Partial<CommandRequest>): CommandRequest => ({
  ...{ argv: COMMANDS.other, cwd: '/work', approvalPolicy: 'on-request', sandboxPolicy: { type: 'dangerFullAccess' } },
  ...{
    rules: RULES,
    hidesDanger: false,
    wish: 'nothing',
    justification: null,
    prefixRule: null,
    remembered: false,
    ...more,
  },
});

/** r: run confined, R: run free, a: ask and run confined, A: ask and run free, x: refuse. */
function letter(more: Partial<CommandRequest>): string {
  const decision = decideCommand(request(more));
  if (decision.kind === 'refuse') return 'x';
  if (decision.kind === 'run') return decision.confined ? 'r' : 'R';
  return decision.confinedAfter ? 'a' : 'A';
}

describe('decideCommand (§15.2, §15.3)', () => {
  // Columns: untrusted, on-failure, on-request, granular, granular without sandbox_approval, without rules, never.
  const rows: [sandboxes: string[], command: keyof typeof COMMANDS, wish: Wish, expected: string][] = [
    [CONFINING, 'safe', 'nothing', 'rrrrrrr'],
    [CONFINING, 'dangerous', 'nothing', 'aaaaxax'],
    [CONFINING, 'other', 'nothing', 'arrrrrr'],
    [CONFINING, 'allowed', 'nothing', 'RRRRRRR'],
    [CONFINING, 'allowed and safe', 'nothing', 'RRRRRRR'],
    [CONFINING, 'allowed and other', 'nothing', 'arrrrrr'],
    [CONFINING, 'allowed and dangerous', 'nothing', 'aaaaxax'],
    [CONFINING, 'asked', 'nothing', 'aaaaaxx'],
    [CONFINING, 'asked and dangerous', 'nothing', 'aaaaaxx'],
    [CONFINING, 'forbidden', 'nothing', 'xxxxxxx'],
    [CONFINING, 'allowed and forbidden', 'nothing', 'xxxxxxx'],
    [CONFINING, 'forbidden inside', 'nothing', 'xxxxxxx'],
    [CONFINING, 'safe', 'escalation', 'xxRxxxx'],
    [CONFINING, 'dangerous', 'escalation', 'xxAxxxx'],
    [CONFINING, 'other', 'escalation', 'xxAxxxx'],
    [CONFINING, 'allowed', 'escalation', 'xxRxxxx'],
    [CONFINING, 'allowed and other', 'escalation', 'xxAxxxx'],
    [CONFINING, 'asked', 'escalation', 'xxAxxxx'],
    [CONFINING, 'forbidden', 'escalation', 'xxxxxxx'],
    [CONFINING, 'safe', 'morePermissions', 'xxaxxxx'],
    [CONFINING, 'other', 'morePermissions', 'xxaxxxx'],
    [CONFINING, 'allowed', 'morePermissions', 'xxRxxxx'],
    [CONFINING, 'forbidden', 'morePermissions', 'xxxxxxx'],
    [OPEN, 'safe', 'nothing', 'RRRRRRR'],
    [OPEN, 'dangerous', 'nothing', 'AAAAxAx'],
    [OPEN, 'other', 'nothing', 'ARRRRRR'],
    [OPEN, 'allowed', 'nothing', 'RRRRRRR'],
    [OPEN, 'allowed and other', 'nothing', 'ARRRRRR'],
    [OPEN, 'allowed and dangerous', 'nothing', 'AAAAxAx'],
    [OPEN, 'asked', 'nothing', 'AAAAAxx'],
    [OPEN, 'forbidden', 'nothing', 'xxxxxxx'],
    [OPEN, 'safe', 'escalation', 'xxRxxxx'],
    [OPEN, 'dangerous', 'escalation', 'xxAxxxx'],
    [OPEN, 'other', 'escalation', 'xxRxxxx'],
    [OPEN, 'other', 'morePermissions', 'xxRxxxx'],
  ];
  it.each(rows)('%j %s, wish %s: %s', (sandboxes, command, wish, expected) => {
    for (const name of sandboxes) {
      const sandboxPolicy = SANDBOXES[name] as SandboxPolicy;
      const argv = COMMANDS[command];
      const got = POLICIES.map((approvalPolicy) => letter({ argv, approvalPolicy, sandboxPolicy, wish }));
      expect(got.join('')).toBe(expected);
    }
  });

  it('a danger that only a reading of the script shows is one, unless the rules speak for the command', () => {
    const got = (argv: string[], more: Partial<CommandRequest> = {}) =>
      POLICIES.map((approvalPolicy) => letter({ argv, approvalPolicy, hidesDanger: true, ...more })).join('');
    const sandboxPolicy = SANDBOXES['workspaceWrite'] as SandboxPolicy;
    expect(got(bash('(rm -fr x)'))).toBe('AAAAxAx');
    expect(got(bash('(rm -fr x)'), { sandboxPolicy })).toBe('aaaaxar');
    expect(got(bash('fine <<E\nx\nE'), { sandboxPolicy })).toBe('RRRRRRR');
    expect(got(bash('(bad)'))).toBe('xxxxxxx');
  });

  it('asks no second time for what the session allows, and still refuses what the policy forbids', () => {
    const wishes: Wish[] = ['nothing', 'escalation', 'morePermissions'];
    for (const approvalPolicy of POLICIES) {
      for (const sandboxPolicy of Object.values(SANDBOXES)) {
        for (const argv of Object.values(COMMANDS)) {
          for (const wish of wishes) {
            const facts = { argv, approvalPolicy, sandboxPolicy, wish };
            const first = letter(facts);
            const later = letter({ ...facts, remembered: true });
            expect(later).toBe(first === 'a' ? 'r' : first === 'A' ? 'R' : first);
          }
        }
      }
    }
  });

  it.each([
    ['every part of a script counts', bash('ls && touch a'), 'A'],
    ['a script of safe parts is safe', bash('ls && cat x | wc -l'), 'R'],
    ['one that cannot be taken apart is unknown', bash('ls > out'), 'A'],
    ['no rule allows what is written beside a here document', bash('fine <<E > out\nx\nE'), 'A'],
    ['not dangerous, only unknown', ['rm', '-fr', 'x'], 'A'],
    ['a program by its path', ['/opt/fine'], 'R'],
  ])('%s', (_, argv, expected) => {
    expect(letter({ argv, approvalPolicy: 'untrusted' })).toBe(expected);
  });

  it('gives the reasons that clients and models know', () => {
    const reason = (more: Partial<CommandRequest>) => {
      const decision = decideCommand(request(more));
      return decision.kind === 'run' ? null : decision.reason;
    };
    const argv = COMMANDS.dangerous;
    expect(reason({ argv, approvalPolicy: 'never' })).toBe(
      "`/bin/bash -lc 'cd x && rm -rf y'` rejected: blocked by policy",
    );
    expect(reason({ argv, approvalPolicy: granular({ sandbox_approval: false }) })).toBe(
      'approval required by policy, but AskForApproval::Granular.sandbox_approval is false',
    );
    expect(reason({ argv: COMMANDS.asked, approvalPolicy: granular({ rules: false }) })).toBe(
      'approval required by policy rule, but AskForApproval::Granular.rules is false',
    );
    expect(reason({ argv: COMMANDS.asked, approvalPolicy: 'never' })).toBe(
      'approval required by policy, but AskForApproval is set to Never',
    );
    expect(reason({ argv, justification: 'why' })).toBe('why');
    expect(reason({ argv: COMMANDS.asked, justification: 'why' })).toBe('`mind x` requires approval by policy');
    expect(reason({ argv: ['mind', 'why'] })).toBe('`mind why` requires approval: it is loud');
    expect(reason({ argv: COMMANDS.forbidden })).toBe('`bad x` rejected: policy forbids commands starting with `bad`');
    expect(reason({ argv: ['bad', 'why'] })).toBe('`bad why` rejected: it is bad');
    expect(reason({ wish: 'escalation', approvalPolicy: 'never' })).toMatch(
      /^approval policy is Never; reject command — you cannot ask for escalated permissions if .* is Never$/,
    );
    expect(POLICIES.map(policyName)).toEqual([
      ...['UnlessTrusted', 'OnFailure', 'OnRequest', 'Granular', 'Granular', 'Granular', 'Never'],
    ]);
  });
});

describe('asksForRetry (§15.6)', () => {
  it('is for those who want to hear of failures, and on-request leaves it to the model', () => {
    const asked = (why: 'denied' | 'noSandbox') => POLICIES.map((policy) => asksForRetry(policy, why));
    expect(asked('denied')).toEqual([true, true, false, true, false, true, false]);
    expect(asked('noSandbox')).toEqual([true, true, true, true, false, true, false]);
  });
});

describe('decidePatch (§12.6)', () => {
  // Columns as above, except that on-failure asks first: nothing could stop the write.
  it.each([
    ['confined, inside', ['readOnly', 'workspaceWrite'], true, false, 'Arrrrrr'],
    ['confined, outside', ['readOnly', 'workspaceWrite'], false, false, 'AAAAxAx'],
    ['unconfined', ['dangerFullAccess', 'externalSandbox'], true, false, 'Arrrrrr'],
    ['confined, outside, remembered', ['readOnly', 'workspaceWrite'], false, true, 'rrrrxrx'],
    ['confined, inside, remembered', ['readOnly', 'workspaceWrite'], true, true, 'rrrrrrr'],
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

describe('the prefix that is offered (§15.4)', () => {
  const offered = (argv: string[], prefixRule: string[] | null, more: Partial<CommandRequest> = {}) => {
    const decision = decideCommand(request({ argv, prefixRule, approvalPolicy: 'untrusted', ...more }));
    return decision.kind === 'refuse' ? decision : decision.amendment;
  };
  it.each<[string, string[], string[] | null, string[] | null]>([
    ['the model’s prefix', bash('mkdir -p /opt/x'), ['mkdir', '-p'], ['mkdir', '-p']],
    ['none given: the command', bash('mkdir -p /opt/x'), null, ['mkdir', '-p', '/opt/x']],
    ['an empty one', ['mkdir', 'x'], [], ['mkdir', 'x']],
    ['one that is not how the command begins', bash('mkdir a'), ['touch'], ['mkdir', 'a']],
    ['one that covers only a part', bash('mkdir a && touch b'), ['mkdir'], ['mkdir', 'a']],
    ['one that covers all parts', bash('npm test && npm run lint'), ['npm'], ['npm']],
    ['the first part that is asked about', bash('ls && touch b'), null, ['touch', 'b']],
    ['and no rule allows', bash('fine && touch b'), null, ['touch', 'b']],
    ['a script that cannot be taken apart', bash('touch $HOME'), ['touch'], bash('touch $HOME')],
    ['code of an interpreter', ['python3', '-c', 'print(1)'], ['python3', '-c'], ['python3', '-c', 'print(1)']],
    ['a bare interpreter', ['node', 'x.js'], ['node'], ['node', 'x.js']],
    ['a program of an interpreter is fine', ['node', 'x.js', 'y'], ['node', 'x.js'], ['node', 'x.js']],
    ['bare git', ['git', 'push'], ['git'], ['git', 'push']],
    ['git with a word is fine', ['git', 'push', 'origin'], ['git', 'push'], ['git', 'push']],
    ['sudo', ['sudo', 'make'], ['sudo'], ['sudo', 'make']],
    ['nothing when a rule asks', ['mind', 'x'], ['mind'], null],
    ['nothing for a here document', bash('cat <<E\nx\nE'), null, null],
  ])('%s', (_, argv, wanted, expected) => {
    expect(offered(argv, wanted)).toEqual(expected);
  });

  it('is there for a retry of what ran unasked, and not for a wider sandbox', () => {
    const sandboxPolicy = SANDBOXES['workspaceWrite'] as SandboxPolicy;
    const onRequest = { approvalPolicy: 'on-request' as const, sandboxPolicy };
    expect(offered(['touch', 'a'], null, onRequest)).toEqual(['touch', 'a']);
    expect(offered(['touch', 'a'], ['touch'], { ...onRequest, wish: 'morePermissions' })).toBeNull();
  });
});
