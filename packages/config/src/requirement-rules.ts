import { type Decode, list, Mismatch, oneOf, struct, text, within } from './decode.ts';

/** A rule about commands that an administrator has made; it can only restrict. */
export interface ManagedRule {
  /** The first words of the command; a list in place of a word is a choice. Nothing is empty or blank. */
  readonly pattern: readonly (string | readonly string[])[];
  readonly decision: 'prompt' | 'forbidden';
  readonly justification: string | null;
}

const rulesToml = struct(
  'RequirementsRulesToml',
  {
    prefix_rules: list(
      struct(
        'RequirementsPrefixRuleToml',
        {
          pattern: list(struct('RequirementsPatternTokenToml', { token: text, any_of: list(text) })),
          decision: oneOf('allow', 'prompt', 'forbidden'),
          justification: text,
        },
        ['pattern'],
      ),
    ),
  },
  ['prefix_rules'],
);

type RuleToml = ReturnType<typeof rulesToml>['prefix_rules'][number];
type TokenToml = RuleToml['pattern'][number];

/** The `[rules]` table of requirements.toml (execpolicy specification §8). */
export const managedRules: Decode<readonly ManagedRule[]> = (value) => {
  const { prefix_rules: entries } = rulesToml(value);
  return within('prefix_rules', () => {
    if (entries.length === 0) throw new Mismatch('rules prefix_rules cannot be empty');
    return entries.map((entry, index) => within(index, () => readRule(entry, `rules prefix_rule at index ${index}`)));
  });
};

function readRule({ pattern, decision, justification }: RuleToml, which: string): ManagedRule {
  return {
    pattern: within('pattern', () => {
      if (pattern.length === 0) throw new Mismatch(`${which} has an empty pattern`);
      return pattern.map((token, at) =>
        within(at, () => readToken(token, `${which} has an invalid pattern token at index ${at}`)),
      );
    }),
    justification: within('justification', () => {
      if (justification?.trim() === '') throw new Mismatch(`${which} has an empty justification`);
      return justification ?? null;
    }),
    decision: within('decision', () => {
      if (decision === undefined) throw new Mismatch(`${which} is missing a decision`);
      if (decision !== 'allow') return decision;
      throw new Mismatch(
        `${which} has decision 'allow', which is not permitted in requirements.toml: rules of requirements only restrict (use 'prompt' or 'forbidden')`,
      );
    }),
  };
}

function readToken({ token, any_of: choices }: TokenToml, which: string): string | readonly string[] {
  const fault = (what: string) => new Mismatch(`${which}: ${what}`);
  if (token !== undefined && choices !== undefined) throw fault('set either token or any_of, not both');
  if (token !== undefined) {
    if (token.trim() === '') throw fault('token cannot be empty');
    return token;
  }
  if (choices === undefined) throw fault('set either token or any_of');
  if (choices.length === 0) throw fault('any_of cannot be empty');
  if (choices.some((choice) => choice.trim() === '')) throw fault('any_of cannot include empty tokens');
  return choices;
}
