import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import { type Auth, createAuth } from '@codex/auth';
import { isCodexError, nullLogger, systemClock, toMessage } from '@codex/base';
import { loadConfig, readOverrides, resolveHome } from '@codex/config';
import type { AppIo } from './io.ts';
import { LOGIN_HELP, type LoginArguments, LOGOUT_HELP, readLoginArguments } from './login-arguments.ts';
import { openBrowser } from './open-browser.ts';
import { VERSION } from './version.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
const ORIGINATOR = 'codex_cli_rs';
const MAX_KEY_BYTES = 64 * 1024;

/** `codex login …`; resolves to the exit code. Everything is said on stderr, but for the code of a device login. */
export async function login(argv: string[], io: AppIo): Promise<number> {
  const args = readLoginArguments(argv);
  if (args.kind !== 'run') return explain(args, LOGIN_HELP, io);
  const { how } = args;
  try {
    const auth = await openAuth(args, io);
    if (how === 'status') return await showStatus(auth, io);
    if (how === 'key') await storeKey(auth, io);
    else if (how === 'device') await signInOnDevice(auth, io);
    else await signInInBrowser(auth, io);
  } catch (error) {
    const message = toMessage(error);
    const isPlain = error instanceof Refused || (isCodexError(error) && error.code === 'invalidRequest');
    io.stderr.write(`${isPlain ? '' : `${FAILURE[how]}: `}${message}\n`);
    return EXIT.failed;
  }
  io.stderr.write('Successfully logged in\n');
  return EXIT.ok;
}

/** `codex logout`; resolves to the exit code. */
export async function logout(argv: string[], io: AppIo): Promise<number> {
  const args = readLoginArguments(argv, true);
  if (args.kind !== 'run') return explain(args, LOGOUT_HELP, io);
  try {
    const had = await (await openAuth(args, io)).logout();
    io.stderr.write(had ? 'Successfully logged out\n' : 'Not logged in\n');
    return EXIT.ok;
  } catch (error) {
    io.stderr.write(`Error logging out: ${toMessage(error)}\n`);
    return EXIT.failed;
  }
}

const FAILURE: Readonly<Record<LoginArguments['how'], string>> = {
  browser: 'Error logging in',
  device: 'Error logging in with device code',
  key: 'Error logging in',
  status: 'Error checking login status',
};

/** What a person is told as it is. */
class Refused extends Error {
  override readonly name = 'Refused';
}

function explain(args: { kind: 'help' } | { kind: 'invalid'; message: string }, help: string, io: AppIo): number {
  if (args.kind === 'help') {
    io.stdout.write(help);
    return EXIT.ok;
  }
  io.stderr.write(`error: ${args.message}\n\n${help}`);
  return EXIT.usage;
}

async function openAuth({ settings, issuer }: LoginArguments, { env, cwd }: AppIo): Promise<Auth> {
  const home = resolveHome(env, homedir());
  const loaded = await loadConfig({ home, cwd, env, overrides: readOverrides(settings) });
  if (!loaded.ok) throw new Refused(`Error loading configuration: ${loaded.error.message}`);
  const { config } = loaded;
  return createAuth({
    home,
    // Keys in the environment are no login.
    env: {},
    honourEnvKey: false,
    clock: systemClock,
    log: nullLogger,
    http: async (request) => (await import('@codex/models')).createHttp({ env, clock: systemClock }).send(request),
    headers: () => ({ originator: originatorOf(env), 'user-agent': `${originatorOf(env)}/${VERSION}` }),
    issuer,
    store: config.cliAuthCredentialsStore,
    forced: () => ({ method: config.forcedLoginMethod, workspaceId: config.forcedChatgptWorkspaceId }),
  });
}

function originatorOf(env: NodeJS.ProcessEnv): string {
  return env['CODEX_INTERNAL_ORIGINATOR_OVERRIDE']?.trim() || ORIGINATOR;
}

async function showStatus(auth: Auth, io: AppIo): Promise<number> {
  const { mode, token, problem } = await auth.status({ includeToken: true });
  if (problem !== null) throw new Error(problem);
  const text = mode === 'apikey' ? `Logged in using an API key - ${shorten(token ?? '')}` : 'Logged in using ChatGPT';
  io.stderr.write(`${mode === null ? 'Not logged in' : text}\n`);
  return mode === null ? EXIT.failed : EXIT.ok;
}

/** Enough of a key to know it by. */
function shorten(key: string): string {
  return key.length <= 13 ? '***' : `${key.slice(0, 8)}***${key.slice(-5)}`;
}

async function storeKey(auth: Auth, io: AppIo): Promise<void> {
  if ('isTTY' in io.stdin && io.stdin.isTTY === true) {
    throw new Refused(
      '--with-api-key expects the API key on stdin. Try piping it, e.g. `printenv OPENAI_API_KEY | codex login --with-api-key`.',
    );
  }
  io.stderr.write('Reading API key from stdin...\n');
  const key = (await readAll(io.stdin)).trim();
  if (key === '') throw new Refused('No API key provided via stdin.');
  await auth.loginWithApiKey(key);
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_KEY_BYTES) throw new Refused('What stands on stdin is too long for an API key.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function signInInBrowser(auth: Auth, io: AppIo): Promise<void> {
  const { authUrl, port, completed } = await auth.loginInBrowser({ originator: originatorOf(io.env) });
  io.stderr.write(`Waiting on http://localhost:${port} for a browser to come back from this address:

${authUrl}

Open it yourself if no browser did. Without one on this machine, use \`codex login --device-auth\`.
`);
  openBrowser(authUrl, io.stderr, io.env);
  await completed;
}

async function signInOnDevice(auth: Auth, io: AppIo): Promise<void> {
  // Who wants to stop waiting ends the process.
  const { signal } = new AbortController();
  const { verificationUrl, userCode, completed } = await auth.loginOnDevice(signal);
  io.stdout.write(`To sign in with ChatGPT, open this address in any browser:

   ${verificationUrl}

and enter this code within 15 minutes:

   ${userCode}

Enter it only if you started this login yourself, and give it to nobody.
`);
  await completed;
}
