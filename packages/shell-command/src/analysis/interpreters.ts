import { valuesOf } from './runners.ts';
import { type Field, Taint, type Text } from './values.ts';

interface Interpreter {
  readonly code: readonly string[];
  /** Options that take the next word. */
  readonly values: ReadonlySet<string>;
  /** Options after which nothing is read from the input. */
  readonly modes: RegExp | null;
}

const INTERPRETERS: readonly (readonly [RegExp, Interpreter])[] = [
  [/^(?:python|pypy)[\d.]*w?$/, { code: ['-c'], values: new Set(['-W', '-X', '-m', '-c']), modes: /^-[a-zA-Z]*m/ }],
  [/^perl[\d.]*$/, { code: ['-e', '-E'], values: new Set(['-e', '-E', '-I']), modes: null }],
  [/^j?ruby[\d.]*$/, { code: ['-e'], values: new Set(['-e', '-I', '-r']), modes: null }],
  [
    /^(?:node|nodejs|bun|deno|tsx|ts-node)$/,
    {
      code: ['-e', '--eval', '-p', '--print', '-pe'],
      values: new Set(['-e', '--eval', '-p', '--print', '-r', '--require']),
      modes: null,
    },
  ],
  [/^php[\d.]*$/, { code: ['-r', '-B', '-R', '-E'], values: new Set(['-r', '-d', '-f']), modes: null }],
  [/^(?:lua|luajit)[\d.]*$/, { code: ['-e'], values: new Set(['-e', '-l']), modes: null }],
  [
    /^(?:tclsh|wish|Rscript|R|osascript|groovy|scala|julia|elixir|ghc|swift)[\d.]*$/,
    { code: ['-e', '-l'], values: new Set(['-e']), modes: null },
  ],
];

/** The programs in other languages that a command line carries; null when its program is no interpreter. */
export function interpretedCode(
  program: string,
  args: readonly Field[],
  stdin: Text,
  read: (path: Text) => Text,
): Text[] | null {
  const found = INTERPRETERS.find(([name]) => name.test(program))?.[1];
  if (!found) return null;
  if (args.length === 1 && /^(?:--version|--help|-v|-V|-h|version)$/.test(args[0]?.text ?? '')) return [];
  const inline: Text[] = valuesOf(args, found.code);
  for (const [at, { text }] of args.entries()) {
    // Clusters such as `-ne` end in the option that takes the code.
    const next = args[at + 1];
    if (/^-[a-zA-Z]{2,}$/.test(text) && found.code.includes(`-${text.at(-1)}`) && next) inline.push(next);
  }
  if (inline.length > 0) return inline;
  let at = 0;
  for (; at < args.length; at++) {
    const text = args[at]?.text ?? '';
    if (!/^-./.test(text)) break;
    if (found.modes?.test(text)) return [];
    if (found.values.has(text)) at++;
  }
  const file = args[at];
  if (!file || file.text === '-') return [stdin];
  const content = read(file);
  return [{ ...content, taint: content.taint & ~Taint.secret }];
}
