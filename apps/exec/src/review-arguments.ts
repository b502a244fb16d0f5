import type { ParamsIn } from '@codex/protocol';

type Target = ParamsIn<'review/start'>['target'];

/** What to review; `prompt`: what the prompt says, `nothing`: the command line does not tell. */
export type Review = Exclude<Target, { type: 'custom' }> | { type: 'prompt' } | { type: 'nothing' };

export const REVIEW_TARGETS = {
  uncommitted: { type: 'boolean' },
  base: { type: 'string' },
  commit: { type: 'string' },
  title: { type: 'string' },
} as const;

/** What may stand after `review`; other options stand before it. */
export const REVIEW_OPTIONS: ReadonlySet<string> = new Set([
  ...Object.keys(REVIEW_TARGETS),
  ...['config', 'enable', 'disable', 'model', 'full-auto', 'dangerously-bypass-approvals-and-sandbox'],
  ...['skip-git-repo-check', 'ephemeral', 'json', 'output-last-message', 'help'],
]);

/** Of a turn only; a review would not heed them. */
const TURN_OPTIONS = ['image', 'output-schema'];

/** The one target of `exec review` (exec specification, "Command line"), or a text that says what is wrong. */
export function readReview(
  { flags }: { flags: ReadonlySet<string> },
  value: (option: string) => string | undefined,
  prompt: string | undefined,
): Review | string {
  const [base, sha, title] = [value('base'), value('commit'), value('title')];
  const stray = TURN_OPTIONS.find((name) => value(name) !== undefined);
  if (stray !== undefined) return `the argument '--${stray}' cannot be used with 'review'`;
  const given = [
    ...(flags.has('uncommitted') ? ['--uncommitted'] : []),
    ...(base === undefined ? [] : ['--base <BRANCH>']),
    ...(sha === undefined ? [] : ['--commit <SHA>']),
    ...(prompt === undefined ? [] : ['[PROMPT]']),
  ];
  if (given.length > 1) return `the argument '${given[0]}' cannot be used with '${given[1]}'`;
  if (title !== undefined && sha === undefined) {
    return 'the following required arguments were not provided:\n  --commit <SHA>';
  }
  if (flags.has('uncommitted')) return { type: 'uncommittedChanges' };
  if (base !== undefined) return { type: 'baseBranch', branch: base };
  if (sha !== undefined) return { type: 'commit', sha, title: title ?? null };
  return { type: prompt === undefined ? 'nothing' : 'prompt' };
}
