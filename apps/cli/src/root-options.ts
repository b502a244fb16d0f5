/** An option written before the subcommand, by its long name. */
export interface RootOption {
  name: string;
  value: string | undefined;
}

export type RootArguments =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'invalid'; message: string }
  | { kind: 'command'; name: string | null; options: RootOption[]; rest: string[] };

const TAKES_VALUE: Readonly<Record<string, string>> = {
  '-c': '--config',
  '-i': '--image',
  '-m': '--model',
  '-p': '--profile',
  '-s': '--sandbox',
  '-a': '--ask-for-approval',
  '-C': '--cd',
  '--config': '--config',
  '--image': '--image',
  '--model': '--model',
  '--profile': '--profile',
  '--sandbox': '--sandbox',
  '--ask-for-approval': '--ask-for-approval',
  '--cd': '--cd',
  '--enable': '--enable',
  '--disable': '--disable',
  '--local-provider': '--local-provider',
  '--add-dir': '--add-dir',
};

const FLAGS: Readonly<Record<string, string>> = {
  '--oss': '--oss',
  '--full-auto': '--full-auto',
  '--dangerously-bypass-approvals-and-sandbox': '--dangerously-bypass-approvals-and-sandbox',
  '--yolo': '--dangerously-bypass-approvals-and-sandbox',
  '--search': '--search',
  '--no-alt-screen': '--no-alt-screen',
};

/** Splits the command line at the subcommand: options before it, its name, and what follows untouched. */
export function parseRoot(argv: readonly string[]): RootArguments {
  const options: RootOption[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '-h' || word === '--help') return { kind: 'help' };
    if (word === '-V' || word === '--version') return { kind: 'version' };
    if (word === '--') return { kind: 'command', name: null, options, rest: argv.slice(at + 1) };
    if (!word.startsWith('-') || word === '-')
      return { kind: 'command', name: word, options, rest: argv.slice(at + 1) };

    const { flag, attached } = splitWord(word);
    const long = Object.hasOwn(TAKES_VALUE, flag) ? TAKES_VALUE[flag] : undefined;
    if (long !== undefined) {
      const value = attached ?? argv[++at];
      if (value === undefined) return { kind: 'invalid', message: `option '${flag}' needs a value` };
      options.push({ name: long, value });
      continue;
    }
    const name = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
    if (name === undefined) return { kind: 'invalid', message: `unknown option '${word}'` };
    if (attached !== undefined) return { kind: 'invalid', message: `option '${flag}' takes no value` };
    options.push({ name, value: undefined });
  }
  return { kind: 'command', name: null, options, rest: [] };
}

/** `--model=x`, `-m=x` and `-mx` all carry their value in the same word. */
function splitWord(word: string): { flag: string; attached: string | undefined } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    return equals < 0
      ? { flag: word, attached: undefined }
      : { flag: word.slice(0, equals), attached: word.slice(equals + 1) };
  }
  const attached = word.slice(2).replace(/^=/, '');
  return { flag: word.slice(0, 2), attached: word.length > 2 ? attached : undefined };
}
