import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';

const serve = { kind: 'serve', listen: { kind: 'stdio' }, settings: [], profile: undefined };

const none = { kind: 'none' };

describe('the command line', () => {
  it.each([
    [[], serve],
    [['--listen', 'stdio://', '--analytics-default-enabled'], serve],
    [
      ['--listen=ws://127.0.0.1:0'],
      { ...serve, listen: { kind: 'websocket', host: '127.0.0.1', port: 0, auth: none } },
    ],
    [['--listen', 'ws://[::1]:4500'], { ...serve, listen: { kind: 'websocket', host: '::1', port: 4500, auth: none } }],
    [
      ['-c', 'a=1', '--enable', 'x', '--config=b=2', '--disable=y', '-p=work'],
      {
        ...serve,
        profile: 'work',
        settings: [
          { option: 'config', text: 'a=1' },
          { option: 'enable', text: 'x' },
          { option: 'config', text: 'b=2' },
          { option: 'disable', text: 'y' },
        ],
      },
    ],
    [
      ['--listen=ws://0.0.0.0:1', '--ws-auth', 'capability-token', '--ws-token-file', 'f'],
      { ...serve, listen: { kind: 'websocket', host: '0.0.0.0', port: 1, auth: { kind: 'token', file: 'f' } } },
    ],
    [
      ['--listen=ws://0.0.0.0:1', '--ws-auth=signed-bearer-token', '--ws-shared-secret-file=f', '--ws-audience=us'],
      {
        ...serve,
        listen: {
          ...{ kind: 'websocket', host: '0.0.0.0', port: 1 },
          auth: { kind: 'signed', secretFile: 'f', issuer: null, audience: 'us', skewSeconds: 30 },
        },
      },
    ],
    [['generate-ts', '--out', 'd'], { kind: 'generate', what: 'generate-ts', out: 'd', experimental: false }],
    [
      ['generate-json-schema', '-o', 'd', '--experimental'],
      { kind: 'generate', what: 'generate-json-schema', out: 'd', experimental: true },
    ],
    [['--help'], { kind: 'help' }],
    [['help'], { kind: 'help' }],
    [['-V'], { kind: 'version' }],
  ])('%j is understood', (argv, expected) => {
    expect(parseArguments(argv)).toEqual(expected);
  });

  it.each([
    [['--listen', 'foo'], 'unsupported --listen URL `foo`; expected `stdio://` or `ws://IP:PORT`'],
    [['--listen', 'ws://localhost:1'], 'invalid websocket --listen URL `ws://localhost:1`; expected `ws://IP:PORT`'],
    [['--listen', 'ws://1.2.3.4'], 'invalid websocket --listen URL `ws://1.2.3.4`; expected `ws://IP:PORT`'],
    [['--listen', 'ws://1.2.3.4:70000'], 'invalid websocket --listen URL `ws://1.2.3.4:70000`'],
    [['--listen', 'ws://::1:80'], 'invalid websocket --listen URL `ws://::1:80`'],
    [['--ws-token-file', 'f'], 'require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`'],
    [['--ws-auth', 'x'], "invalid value 'x' for '--ws-auth <MODE>'"],
    [['--ws-auth=capability-token'], '`--ws-token-file` or `--ws-token-sha256` is required'],
    [['--ws-auth=capability-token', '--ws-token-file=f', '--ws-token-sha256=a'], 'mutually exclusive'],
    [['--ws-auth=capability-token', '--ws-token-sha256=zz'], 'must be a 64-character hex SHA-256 digest'],
    [['--ws-auth=capability-token', '--ws-token-file=f', '--ws-issuer=i'], 'require `--ws-auth signed-bearer-token`'],
    [['--ws-auth=signed-bearer-token'], '`--ws-shared-secret-file` is required'],
    [['--ws-auth=signed-bearer-token', '--ws-token-file=f'], 'not `signed-bearer-token`'],
    [
      ['--ws-auth=signed-bearer-token', '--ws-shared-secret-file=f', '--ws-max-clock-skew-seconds=1.5'],
      "invalid value '1.5' for '--ws-max-clock-skew-seconds <SECONDS>'",
    ],
    [['--bogus'], "unexpected argument '--bogus' found"],
    [['-c'], "a value is required for '--config'"],
    [['-c', '--enable'], "a value is required for '--config'"],
    [['--experimental'], 'belongs to generate-ts'],
    [['--analytics-default-enabled=no'], "unexpected value 'no'"],
    [['generate-ts'], "'--out <DIR>' is required"],
    [['generate-ts', '--out', 'd', 'e'], "unexpected argument 'e' found"],
    [['serve'], "unrecognized subcommand 'serve'"],
  ])('%j is explained', (argv, message) => {
    expect(parseArguments(argv)).toEqual({ kind: 'invalid', message: expect.stringContaining(message) });
  });

  it('is always answered', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('-c', '--listen', '--', '--out=', 'generate-ts', '--__proto__'));
    fc.assert(fc.property(fc.array(word, { maxLength: 5 }), (argv) => parseArguments(argv).kind.length > 0));
  });
});
