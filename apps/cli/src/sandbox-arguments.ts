import type { OverrideFlag, TypedSettings } from '@codex/config';

export type SandboxMode = NonNullable<TypedSettings['sandbox']>;

export type SandboxArguments =
  | { kind: 'help' }
  | { kind: 'invalid'; message: string }
  | {
      kind: 'run';
      /** Whose sandbox is asked for. */
      platform: NodeJS.Platform;
      mode: SandboxMode;
      profile: string | undefined;
      /** `-c`, `--enable` and `--disable` as they came. */
      settings: OverrideFlag[];
      command: string[];
    };

export const SANDBOX_HELP = `Run a command in the sandbox that Codex puts around the commands of a model

Usage: codex sandbox linux [OPTIONS] [--] COMMAND [ARG…]
       codex sandbox macos [OPTIONS] [--] COMMAND [ARG…]

Without options the command can read files and change none, and has no network. It gets this terminal's input and output,
and its exit code is passed on. Further folders and the network are settings: -c sandbox_workspace_write.network_access=true

Options:
      --full-auto           Let it write to the current folder and the folders for temporary files
  -s, --sandbox MODE        read-only, workspace-write or danger-full-access
  -c, --config KEY=VALUE    Set one configuration value for this run
      --enable FEATURE      Switch a feature on
      --disable FEATURE     Switch a feature off
  -p, --profile NAME        Use a profile of config.toml
  -h, --help                Print this text

Exit codes: that of the command, 128 + n after signal n; 1 the configuration is broken, 2 wrong usage, 5 there is no sandbox
on this machine, 126 the command cannot be started, 127 it was not found.
`;

const MODES: readonly SandboxMode[] = ['read-only', 'workspace-write', 'danger-full-access'];
const SHORT: Readonly<Record<string, string>> = { '-c': '--config', '-s': '--sandbox', '-p': '--profile' };
const PLATFORMS: Readonly<Record<string, NodeJS.Platform>> = {
  linux: 'linux',
  landlock: 'linux',
  macos: 'darwin',
  seatbelt: 'darwin',
};

/** Reads what follows `sandbox`; everything from the first word that is no option on is the command. */
export function readSandboxArguments(argv: readonly string[]): SandboxArguments {
  const settings: OverrideFlag[] = [];
  let mode: SandboxMode = 'read-only';
  let profile: string | undefined;
  let platform: NodeJS.Platform | undefined;
  const invalid = (message: string): SandboxArguments => ({ kind: 'invalid', message });
  for (let at = 0; ; at++) {
    const word = argv[at];
    if (platform !== undefined && (word === undefined || word === '--' || !word.startsWith('-'))) {
      const command = argv.slice(word === '--' ? at + 1 : at);
      if (!command.length) return invalid('a command to run is needed');
      return { kind: 'run', platform, mode, profile, settings, command };
    }
    if (word === undefined) return invalid("the kind of sandbox is needed: 'linux' or 'macos'");
    if (word === '-h' || word === '--help' || word === 'help') return { kind: 'help' };
    if (Object.hasOwn(PLATFORMS, word)) {
      platform = PLATFORMS[word];
      continue;
    }
    if (word === 'windows') return invalid(`'sandbox ${word}' is not part of this build`);
    if (word === '--full-auto') {
      mode = 'workspace-write';
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const option = SHORT[word] ?? (equals < 0 ? word : word.slice(0, equals));
    const value = equals < 0 ? argv[at + 1] : word.slice(equals + 1);
    switch (option) {
      case '--sandbox': {
        const known = MODES.find((name) => name === value);
        if (!known) return invalid(`'--sandbox' takes one of: ${MODES.join(', ')}`);
        mode = known;
        break;
      }
      case '--config':
      case '--enable':
      case '--disable':
      case '--profile':
        if (value === undefined) return invalid(`option '${option}' needs a value`);
        if (option === '--profile') profile = value;
        else
          settings.push({
            option: option === '--config' ? 'config' : (option.slice(2) as 'enable' | 'disable'),
            text: value,
          });
        break;
      default:
        return invalid(`unknown option or kind of sandbox '${word}'`);
    }
    if (equals < 0) at += 1;
  }
}
