import { describe, expect, test } from 'vitest';
import { seccompProgram } from '../src/linux/seccomp.ts';
import { type Abi, abiOf, type Syscall } from '../src/linux/syscalls.ts';

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

/** What the kernel's interpreter does with a filter, for the instructions we use. */
function judge(program: Uint8Array, call: { arch: number; number: number; args?: readonly bigint[] }): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.number, true);
  data.setUint32(4, call.arch, true);
  call.args?.forEach((arg, index) => data.setBigUint64(16 + 8 * index, BigInt.asUintN(64, arg), true));
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let a = 0;
  for (let pc = 0; pc * 8 < program.byteLength; pc++) {
    const [op, jt, jf, k] = [
      code.getUint16(pc * 8, true),
      code.getUint8(pc * 8 + 2),
      code.getUint8(pc * 8 + 3),
      code.getUint32(pc * 8 + 4, true),
    ];
    if (op === 0x06) return k;
    if (op === 0x20) a = data.getUint32(k, true);
    else if (op === 0x54) a = (a & k) >>> 0;
    else if (op === 0x15) pc += a === k ? jt : jf;
    else if (op === 0x35) pc += a >= k ? jt : jf;
    else if (op === 0x45) pc += (a & k) !== 0 ? jt : jf;
    else throw new Error(`unknown instruction ${op}`);
  }
  throw new Error('ran off the end');
}

describe.each(['x64', 'arm64'])('%s', (arch) => {
  const abi = abiOf(arch) as Abi;
  const programs = (['off', 'proxied', 'on'] as const).map((network) => seccompProgram(abi, network));
  const each = (name: Syscall, ...args: (number | bigint)[]) =>
    programs.map((program) => judge(program, { arch: abi.audit, number: abi.number(name), args: args.map(BigInt) }));

  test.each<[Syscall, (number | bigint)[], number, number, number]>([
    ['ptrace', [], EPERM, EPERM, EPERM],
    ['io_uring_setup', [], EPERM, EPERM, EPERM],
    ['mount', [], EPERM, EPERM, EPERM],
    ['open_tree_attr', [], EPERM, EPERM, EPERM],
    ['clone3', [], ENOSYS, ENOSYS, ENOSYS],
    ['clone', [0x01200011], ALLOW, ALLOW, ALLOW],
    ['clone', [0x003d0f00], ALLOW, ALLOW, ALLOW],
    ['clone', [0x10000011], EPERM, EPERM, EPERM],
    ['clone', [0x40000000], EPERM, EPERM, EPERM],
    ['unshare', [0x400], ALLOW, ALLOW, ALLOW],
    ['unshare', [0x20000], EPERM, EPERM, EPERM],
    ['unshare', [0x80], EPERM, EPERM, EPERM],
    ['ioctl', [0, 0x5401], ALLOW, ALLOW, ALLOW],
    ['ioctl', [0, 0x5412], EPERM, EPERM, EPERM],
    ['ioctl', [0, 0xffffffff00005412n], EPERM, EPERM, EPERM],
    ['ioctl', [0, 0x541c], EPERM, EPERM, EPERM],
    ['connect', [], EPERM, ALLOW, ALLOW],
    ['bind', [], EPERM, ALLOW, ALLOW],
    ['sendto', [3, 1, 1, 0, 0], ALLOW, ALLOW, ALLOW],
    ['sendto', [3, 1, 1, 0, 0x7f0000000000n], EPERM, ALLOW, ALLOW],
    ['sendto', [3, 1, 1, 0, 0x1000], EPERM, ALLOW, ALLOW],
    ['socket', [1, 1], ALLOW, EPERM, ALLOW],
    ['socket', [1, 0o2004001], ALLOW, EPERM, ALLOW],
    ['socket', [1, 5], ALLOW, EPERM, ALLOW],
    ['socket', [1, 2], EPERM, EPERM, ALLOW],
    ['socket', [1, 3], EPERM, EPERM, ALLOW],
    ['socket', [2, 1], EPERM, ALLOW, ALLOW],
    ['socket', [0xf00000002n, 1], EPERM, ALLOW, ALLOW],
    ['socket', [10, 2], EPERM, ALLOW, ALLOW],
    ['socket', [16, 3], EPERM, ALLOW, ALLOW],
    ['socket', [17, 3], EPERM, EPERM, EPERM],
    ['socket', [38, 5], EPERM, EPERM, EPERM],
    ['socket', [40, 1], EPERM, EPERM, EPERM],
    ['socketpair', [1, 1], ALLOW, ALLOW, ALLOW],
    ['socketpair', [1, 2], EPERM, EPERM, ALLOW],
  ])('%s %s', (name, args, off, proxied, on) => {
    expect(each(name, ...args)).toEqual([off, proxied, on]);
  });

  test('calls that are not named are allowed, foreign ones end the process', () => {
    for (const program of programs) {
      for (const number of [0, 1, 59, 221, 257, 500, 1000]) {
        const known = ([] as Syscall[]).concat('umount2', 'socketpair').map((name) => abi.number(name));
        if (!known.includes(number)) expect(judge(program, { arch: abi.audit, number })).toBe(ALLOW);
      }
      for (const foreign of [0x40000003, 0xc0000028, 0xc000003e, 0xc00000b7].filter((one) => one !== abi.audit)) {
        expect(judge(program, { arch: foreign, number: 0 })).toBe(KILL);
      }
      const second = judge(program, { arch: abi.audit, number: 0x40000000 + 41, args: [2n, 1n] });
      expect(second).toBe(arch === 'x64' ? KILL : ALLOW);
    }
  });

  test('fits what the kernel takes', () => {
    for (const program of programs) expect(program.byteLength / 8).toBeLessThan(4096);
  });
});

test('there is no table for other machines', () => {
  expect(['riscv64', 's390x', 'ia32', 'arm'].map(abiOf)).toEqual([undefined, undefined, undefined, undefined]);
});
