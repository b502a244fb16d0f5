import type { OverrideFlag } from '@codex/config';

export interface LoginArguments {
  kind: 'run';
  how: 'browser' | 'device' | 'key' | 'status';
  settings: OverrideFlag[];
  /** In place of OpenAI. */
  issuer: { url?: string; clientId?: string };
}

export type ParsedLogin = { kind: 'help' } | { kind: 'invalid'; message: string } | LoginArguments;

export const LOGIN_HELP = `Sign in

Usage: codex login [OPTIONS]
       codex login status [OPTIONS]

Without options a browser of this machine signs you in with ChatGPT. 'status' says who is signed in;
its exit code is 1 when nobody is.

Options:
      --device-auth        Sign in with ChatGPT through a browser of another machine
      --with-api-key       Store an API key, which is read from stdin
  -c, --config KEY=VALUE   Set one configuration value for this run (repeatable)
      --enable FEATURE     Switch a feature on (repeatable)
      --disable FEATURE    Switch a feature off (repeatable)
  -h, --help               Print this text
`;

export const LOGOUT_HELP = `Forget who is signed in

Usage: codex logout [OPTIONS]

Options:
  -c, --config KEY=VALUE   Set one configuration value for this run (repeatable)
      --enable FEATURE     Switch a feature on (repeatable)
      --disable FEATURE    Switch a feature off (repeatable)
  -h, --help               Print this text
`;

const NO_MORE_API_KEY =
  'The --api-key flag is no longer supported. Pipe the key instead, e.g. `printenv OPENAI_API_KEY | codex login --with-api-key`.';
const SETTINGS = ['config', 'enable', 'disable'] as const;

/** Reads the command line of `codex login`, or with `isLogout` that of `codex logout`. Never throws. */
export function readLoginArguments(argv: readonly string[], isLogout = false): ParsedLogin {
  const parsed: LoginArguments = { kind: 'run', how: 'browser', settings: [], issuer: {} };
  const flags = new Set<string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '-h' || word === '--help' || (word === 'help' && !isLogout)) return { kind: 'help' };
    if (!word.startsWith('-')) {
      if (isLogout || word !== 'status' || flags.has('status')) return invalid(`unexpected argument '${word}' found`);
      flags.add('status');
      continue;
    }
    const [, option = '', attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word.replace(/^-c=?/, '--config=')) ?? [];
    if (option === 'api-key') return invalid(NO_MORE_API_KEY);
    if (!isLogout && (option === 'device-auth' || option === 'with-api-key')) {
      if (attached !== undefined) return invalid(`unexpected value '${attached}' for '--${option}' found`);
      flags.add(option);
      continue;
    }
    const setting = SETTINGS.find((name) => name === option);
    const place = isLogout ? undefined : ISSUER[option];
    if (!setting && !place) return invalid(`unexpected argument '${word}' found`);
    const value = attached || argv[++at];
    if (value === undefined) return invalid(`a value is required for '--${option}' but none was supplied`);
    if (setting) parsed.settings.push({ option: setting, text: value });
    if (place === 'url' && !/^https?:\/\/[^/]/.test(value)) return invalid(`'${value}' is no address of an issuer`);
    if (place) parsed.issuer[place] = value.replace(/\/+$/, '');
  }
  if (flags.size > 1) return invalid(`${[...flags].join(' and ')} exclude each other`);
  const [flag] = flags;
  return { ...parsed, how: (flag && HOW[flag]) || 'browser' };
}

const HOW: Readonly<Record<string, LoginArguments['how']>> = {
  'device-auth': 'device',
  'with-api-key': 'key',
  status: 'status',
};

/** For tests of whoever runs an issuer; spelled as the reference spells them. */
const ISSUER: Readonly<Record<string, 'url' | 'clientId'>> = {
  experimental_issuer: 'url',
  'experimental_client-id': 'clientId',
};

function invalid(message: string): ParsedLogin {
  return { kind: 'invalid', message };
}
