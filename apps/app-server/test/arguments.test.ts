import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';

const serve = { kind: 'serve', listen: { kind: 'stdio' }, settings: [], profile: undefined };

describe('the command line', () => {
  it.each([
    [[], serve],
    [['--listen', 'stdio://', '--analytics-default-enabled'], serve],
    [['--listen=ws://127.0.0.1:0'], { ...serve, listen: { kind: 'websocket', host: '127.0.0.1', port: 0 } }],
    [['--listen', 'ws://[::1]:4500'], { ...serve, listen: { kind: 'websocket', host: '::1', port: 4500 } }],
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
