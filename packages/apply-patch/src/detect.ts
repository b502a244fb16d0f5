import { basename } from 'node:path';
import { parsePatch } from './parse.ts';
import type { PatchError } from './patch.ts';

/** `patch`: the command is an apply_patch call; `workdir` is the folder it changes into first. `implicit`: patch text without the call. */
export type FoundPatch =
  | { readonly kind: 'patch'; readonly patch: string; readonly workdir: string | null }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'none' };

/** The answer to an `implicit` find. */
export const IMPLICIT_PATCH: PatchError = {
  kind: 'implicit',
  message: 'patch detected without explicit call to apply_patch. Rerun as ["apply_patch", "<patch>"]',
};

const NAMES = new Set(['apply_patch', 'applypatch']);
const NONE: FoundPatch = { kind: 'none' };

/**
 * Looks for a patch in a command (core spec 12.5). Only the plain forms count; whatever does more than apply one patch is `none`
 * and runs as a command. The patch text is not checked here, so a bad one is refused by `parsePatch` and not run by a shell.
 */
export function findPatchIn(argv: readonly string[]): FoundPatch {
  const [first, second] = argv;
  if (argv.length === 2 && first !== undefined && second !== undefined && NAMES.has(first)) {
    return { kind: 'patch', patch: second, workdir: null };
  }
  const script = scriptOf(argv);
  if (script !== null) {
    const call = heredocCall(script);
    if (call) return call;
  }
  const text = script ?? (argv.length === 1 ? first : undefined);
  return text !== undefined && parsePatch(text).ok ? { kind: 'implicit' } : NONE;
}

function scriptOf(argv: readonly string[]): string | null {
  const shell = basename((argv[0] ?? '').replaceAll('\\', '/'))
    .toLowerCase()
    .replace(/\.exe$/, '');
  const script = argv.at(-1) ?? '';
  const flags = argv.slice(1, -1);
  const only = (...accepted: string[]) => flags.length === 1 && accepted.includes((flags[0] ?? '').toLowerCase());
  switch (shell) {
    case 'bash':
    case 'zsh':
    case 'sh':
      return only('-lc', '-c') ? script : null;
    case 'powershell':
    case 'pwsh': {
      const rest = flags[0]?.toLowerCase() === '-noprofile' ? flags.slice(1) : flags;
      return rest.length === 1 && rest[0]?.toLowerCase() === '-command' ? script : null;
    }
    case 'cmd':
      return only('/c') ? script : null;
    default:
      return null;
  }
}

/** `cd DIR &&` (one literal word), the call, and the delimiter with its quotes, up to the end of the line. */
const OPENING =
  /^\s*(?:cd[ \t]+(?:'([^']*)'|"([^"$`\\]*)"|([^\s'"$`\\;&|<>(){}*?[\]#~!-][^\s'"$`\\;&|<>(){}*?[\]!]*))\s*&&\s*)?(?:apply_patch|applypatch)[ \t]*<<(-?)[ \t]*(?:'(\w+)'|"(\w+)"|(\w+))[ \t]*\r?\n/;

function heredocCall(script: string): FoundPatch | null {
  const opening = OPENING.exec(script);
  if (!opening) return null;
  const [head, single, double, bare, dash, ...names] = opening;
  const delimiter = names.find((name) => name !== undefined);
  const lines = script.slice(head.length).split('\n');
  const body: string[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = dash === '-' ? raw.replace(/^\t+/, '') : raw;
    if (line.replace(/\r$/, '') === delimiter) {
      const alone = lines.slice(index + 1).every((rest) => rest.trim() === '');
      return alone ? { kind: 'patch', patch: body.join('\n'), workdir: single ?? double ?? bare ?? null } : null;
    }
    body.push(line);
  }
  return null;
}
