/** How clients of a websocket prove themselves, as the command line says it; files are relative to the folder of the process. */
export type SocketAuthOptions =
  | { kind: 'none' }
  | { kind: 'token'; file: string }
  /** Of the token, in hexadecimal digits. */
  | { kind: 'tokenDigest'; sha256: string }
  | { kind: 'signed'; secretFile: string; issuer: string | null; audience: string | null; skewSeconds: number };

const MODES = ['capability-token', 'signed-bearer-token'];
const OF_SIGNED = ['ws-shared-secret-file', 'ws-issuer', 'ws-audience', 'ws-max-clock-skew-seconds'];
const OF_TOKEN = ['ws-token-file', 'ws-token-sha256'];
const DEFAULT_SKEW_SECONDS = 30;

/** Reads the `--ws-…` options (app-server specification §20.2); a text says what is wrong with them. */
export function readSocketAuthOptions(given: ReadonlyMap<string, string>): SocketAuthOptions | string {
  const mode = given.get('ws-auth');
  const has = (names: readonly string[]) => names.some((name) => given.has(name));
  if (mode === undefined) {
    if (!has([...OF_SIGNED, ...OF_TOKEN])) return { kind: 'none' };
    return 'websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`';
  }
  if (mode === 'capability-token') {
    return has(OF_SIGNED) ? `${listed(OF_SIGNED)} require \`--ws-auth signed-bearer-token\`` : readToken(given);
  }
  if (mode === 'signed-bearer-token') {
    const text = `${listed(OF_TOKEN)} require \`--ws-auth capability-token\`, not \`signed-bearer-token\``;
    return has(OF_TOKEN) ? text : readSigned(given);
  }
  return `invalid value '${mode}' for '--ws-auth <MODE>' [possible values: ${MODES.join(', ')}]`;
}

function readToken(given: ReadonlyMap<string, string>): SocketAuthOptions | string {
  const file = given.get('ws-token-file');
  const sha256 = given.get('ws-token-sha256');
  if (file !== undefined && sha256 !== undefined) {
    return '`--ws-token-file` and `--ws-token-sha256` are mutually exclusive';
  }
  if (file !== undefined) return { kind: 'token', file };
  if (sha256 === undefined) {
    return '`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set';
  }
  if (!/^[0-9a-f]{64}$/i.test(sha256)) return '--ws-token-sha256 must be a 64-character hex SHA-256 digest';
  return { kind: 'tokenDigest', sha256 };
}

function readSigned(given: ReadonlyMap<string, string>): SocketAuthOptions | string {
  const secretFile = given.get('ws-shared-secret-file');
  if (secretFile === undefined) {
    return '`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set';
  }
  const skew = given.get('ws-max-clock-skew-seconds') ?? String(DEFAULT_SKEW_SECONDS);
  if (!/^\d{1,15}$/.test(skew)) return `invalid value '${skew}' for '--ws-max-clock-skew-seconds <SECONDS>'`;
  const [issuer = null, audience = null] = [given.get('ws-issuer'), given.get('ws-audience')];
  return { kind: 'signed', secretFile, issuer, audience, skewSeconds: Number(skew) };
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`--${name}\``);
  const head = quoted.slice(0, -1).join(', ');
  return `${head}${quoted.length > 2 ? ',' : ''} and ${quoted.at(-1)}`;
}
