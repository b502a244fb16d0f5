import { type Field, isKnown } from './values.ts';

/** Options of a program: short ones as getopt writes them (`n:` takes a value), long ones by name (`name=` takes a value). */
export interface OptionSpec {
  readonly short: string;
  readonly long: readonly string[];
}

export function spec(short = '', long = ''): OptionSpec {
  return { short, long: long === '' ? [] : long.split(' ') };
}

export interface ReadOptions {
  /** By the letter or the full long name; an option without a value has null. */
  readonly found: readonly { readonly name: string; readonly value: Field | null }[];
  readonly rest: readonly Field[];
  /** Every option was one the program has, literally. */
  readonly exact: boolean;
}

/** Reads options up to the first operand. */
export function readOptions(args: readonly Field[], { short, long }: OptionSpec): ReadOptions {
  const found: { name: string; value: Field | null }[] = [];
  let exact = true;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (!arg || !arg.text.startsWith('-') || arg.text === '-') break;
    if (!isKnown(arg)) exact = false;
    if (arg.text === '--') {
      at++;
      break;
    }
    if (arg.text.startsWith('--')) {
      const [given = '', value] = splitOnce(arg.text.slice(2), '=');
      const matches = long.filter((name) => name.replace('=', '').startsWith(given));
      const name = matches.find((each) => each.replace('=', '') === given) ?? matches[0];
      if (name === undefined) exact = false;
      const takesNext = value === undefined && name?.endsWith('=') === true;
      const next = takesNext ? (args[++at] ?? null) : null;
      found.push({
        name: name?.replace('=', '') ?? given,
        value: value === undefined ? next : { ...arg, text: value },
      });
      continue;
    }
    for (let letter = 1; letter < arg.text.length; letter++) {
      const name = arg.text.charAt(letter);
      const place = short.indexOf(name);
      if (place < 0) exact = false;
      if (place < 0 || short.charAt(place + 1) !== ':') {
        found.push({ name, value: null });
        continue;
      }
      const attached = arg.text.slice(letter + 1);
      found.push({ name, value: attached !== '' ? { ...arg, text: attached } : (args[++at] ?? null) });
      break;
    }
  }
  const rest = args.slice(at);
  if (rest[0] && rest[0].text.startsWith('\0')) exact = false;
  return { found, rest, exact };
}

export function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
