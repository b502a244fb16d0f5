import { describe as suite, expect, it } from 'vitest';
import {
  allowedPrefixes,
  type ApprovalPolicy,
  describe,
  evaluate,
  fallbackDecision,
  managedRules,
  mergeRules,
  NO_RULES,
  parseRules,
  partsOf,
  proposeAmendment,
  withNetwork,
  withPrefix,
} from '../src/index.ts';

function rulesOf(text: string) {
  const parsed = parseRules(text, 'x.rules');
  if (!parsed.ok) throw new Error(parsed.error.text);
  return parsed.rules;
}

suite('what a verdict means', () => {
  const action = (rules: string, script: string, policy: ApprovalPolicy, switches = {}) => {
    const argv = ['bash', '-lc', script];
    const { commands, complex } = partsOf(argv);
    const situation = { approvalPolicy: policy, sandboxed: true, escalated: false, complex };
    const verdict = evaluate(rulesOf(rules), commands, (words) => fallbackDecision(words, situation));
    return describe(verdict, argv, { policy, ...switches });
  };
  const ask = 'prefix_rule(["x"], "prompt")\n';

  it('is running, outside the sandbox when a rule allows it', () => {
    expect(action('', 'ls', 'untrusted')).toEqual({ kind: 'run', byRule: false });
    expect(action('prefix_rule(["x"])', 'ls && x', 'untrusted')).toEqual({ kind: 'run', byRule: true });
  });

  it('is asking, with the reason of the most specific rule', () => {
    expect(action(ask, 'x y', 'on-request')).toEqual({
      kind: 'ask',
      reason: "`bash -lc 'x y'` requires approval by policy",
    });
    expect(action(`${ask}prefix_rule(["x", "y"], "prompt", justification="why")`, 'x y', 'on-request')).toEqual({
      kind: 'ask',
      reason: "`bash -lc 'x y'` requires approval: why",
    });
    expect(action('', 'z', 'untrusted')).toEqual({ kind: 'ask', reason: null });
  });

  it('is refusing', () => {
    const refused = (reason: string) => ({ kind: 'refuse', reason });
    expect(action('prefix_rule(["x", "y"], "forbidden")', 'x y', 'on-request')).toEqual(
      refused("`bash -lc 'x y'` rejected: policy forbids commands starting with `x y`"),
    );
    expect(action('', 'rm -rf x', 'never')).toEqual(refused("`bash -lc 'rm -rf x'` rejected: blocked by policy"));
    expect(action(ask, 'x', 'never')).toEqual(
      refused('approval required by policy, but AskForApproval is set to Never'),
    );
    expect(action(ask, 'x', 'granular', { rules: false })).toEqual(
      refused('approval required by policy rule, but AskForApproval::Granular.rules is false'),
    );
    expect(action('', 'rm -rf x', 'granular', { sandboxApproval: false })).toEqual(
      refused('approval required by policy, but AskForApproval::Granular.sandbox_approval is false'),
    );
    expect(action(ask, 'x', 'granular', { rules: true, sandboxApproval: false })).toMatchObject({ kind: 'ask' });
  });
});

suite('what is proposed', () => {
  const propose = (rules: string, script: string, wanted: string[] | null, escalated = true) => {
    const all = rulesOf(rules);
    const parts = partsOf(['bash', '-lc', script]);
    const situation = { approvalPolicy: 'on-request', sandboxed: true, escalated, complex: parts.complex } as const;
    const fallback = (words: readonly string[]) => fallbackDecision(words, situation);
    const verdict = evaluate(all, parts.commands, fallback, parts);
    return proposeAmendment(all, parts, verdict, wanted, fallback);
  };

  it('is what the model wants when that settles the command', () => {
    expect(propose('', 'npm run a && ls', ['npm', 'run'])).toEqual(['npm', 'run']);
    expect(propose('', 'npm run a && mkdir b', ['npm', 'run'])).toEqual(['npm', 'run', 'a']);
    expect(propose('', 'python3 -c 1', ['python3', '-c'])).toEqual(['python3', '-c', '1']);
    expect(propose('prefix_rule(["x"])', 'x && npm run a', ['npm'])).toEqual(['npm', 'run', 'a']);
  });

  it('is never a prefix that would allow about everything, and these are all of them', () => {
    const interpreters = 'python3|python3 -|python3 -c|python|python -|python -c|py|py -3|pythonw|pyw|pypy|pypy3|git';
    const shells =
      'bash|bash -lc|sh|sh -c|sh -lc|zsh|zsh -lc|/bin/zsh|/bin/zsh -lc|/bin/bash|/bin/bash -lc|pwsh|pwsh -Command|pwsh -c|' +
      'powershell|powershell -Command|powershell -c|powershell.exe|powershell.exe -Command|powershell.exe -c';
    const others = 'env|sudo|node|node -e|perl|perl -e|ruby|ruby -e|php|php -r|lua|lua -e|osascript';
    const banned = [interpreters, shells, others].join('|').split('|');
    expect(new Set(banned).size).toBe(46);
    for (const prefix of banned) {
      const words = [...prefix.split(' '), 'x'];
      const parts = { commands: [words], hidden: [], complex: false, restrictOnly: false };
      const verdict = evaluate(NO_RULES, parts.commands, () => 'prompt');
      const proposed = (wanted: string[]) => proposeAmendment(NO_RULES, parts, verdict, wanted, () => 'prompt');
      expect(proposed(prefix.split(' '))).toEqual(words);
      expect(proposed([...words])).toEqual(words);
    }
    expect(propose('', 'zsh -c x y', ['zsh', '-c'])).toEqual(['zsh', '-c']);
  });

  it('is nothing when a rule asks, and for a here document', () => {
    expect(propose('prefix_rule(["x"], "prompt")', 'x', ['x'])).toBeNull();
    expect(propose('prefix_rule(["mkdir"], "prompt")', 'mkdir a > f', null)).toBeNull();
    expect(propose('', 'cat <<E\nE\n', null)).toBeNull();
    expect(propose('prefix_rule(["rm"], "forbidden")', 'rm x', null)).toBeNull();
  });

  it('is the first part when all of it runs anyway', () => {
    expect(propose('', 'mkdir a && mkdir b', null, false)).toEqual(['mkdir', 'a']);
    expect(propose('prefix_rule(["mkdir"])', 'mkdir a', null, false)).toBeNull();
  });
});

suite('rules as values', () => {
  it('take an amendment at once and leave the old value alone', () => {
    const amended = withPrefix(NO_RULES, ['touch', 'a']);
    expect(evaluate(amended, [['touch', 'a', 'b']], () => 'prompt').decision).toBe('allow');
    expect(withPrefix(NO_RULES, [])).toBe(NO_RULES);
    const rule = { host: 'a', protocol: 'http', decision: 'allow', justification: null } as const;
    expect(withNetwork(amended, rule).network).toEqual([rule]);
    expect(NO_RULES.prefix).toEqual([]);
  });

  it('list what is allowed, short ones first', () => {
    const rules = rulesOf('prefix_rule(["b", ["x", "y"]])\nprefix_rule(["a"])\nprefix_rule(["no"], "prompt")\n');
    expect(allowedPrefixes(rules)).toBe('- ["a"]\n- ["b", "[x|y]"]');
    expect(allowedPrefixes(NO_RULES)).toBeNull();
    const many = Array.from({ length: 300 }, (_, i) => withPrefix(NO_RULES, [`c${i}`]));
    expect(allowedPrefixes(mergeRules(...many))?.split('\n')).toHaveLength(100);
  });

  it('come from requirements, one rule per first word', () => {
    const rule = {
      pattern: [
        ['a', 'b'],
        ['-x', '-y'],
      ],
      decision: 'forbidden',
      justification: 'j',
    } as const;
    expect(managedRules([rule]).prefix).toMatchObject([{ first: 'a', rest: [['-x', '-y']] }, { first: 'b' }]);
  });

  it('of requirements hold under every path, whatever files say of paths', () => {
    const managed = managedRules([{ pattern: ['rm'], decision: 'forbidden', justification: null }]);
    for (const text of ['', 'host_executable("rm", [])', 'prefix_rule(["/bin/rm"])', 'prefix_rule(["rm"])']) {
      const rules = mergeRules(rulesOf(text), managed);
      for (const program of ['rm', '/bin/rm', './rm']) {
        expect(evaluate(rules, [[program, 'x']], () => 'allow', { cwd: '/' }).decision).toBe('forbidden');
      }
    }
  });
});
