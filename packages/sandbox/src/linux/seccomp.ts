import type { Abi, Syscall } from './syscalls.ts';

/** One classic BPF instruction: `struct sock_filter`. Jumps count the instructions to skip. */
interface Instruction {
  code: number;
  k: number;
  jt?: number;
  jf?: number;
}

const LOAD = 0x20;
const AND = 0x54;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

// Offsets in struct seccomp_data; the machines we know are little-endian.
const NUMBER = 0;
const ARCH = 4;
const low = (index: number) => 16 + 8 * index;
const high = (index: number) => low(index) + 4;

const KILL = 0x80000000;
const ALLOW = 0x7fff0000;
const errno = (number: number) => 0x00050000 | number;
const EPERM = 1;
const ENOSYS = 38;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;
const SOCK_TYPE_MASK = 0xf;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** CLONE_NEWTIME, which only `unshare` takes: in `clone` the bit belongs to the exit signal. */
const NEW_TIME = 0x80;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET */
const NEW_NAMESPACES = 0x7e020000;

/** What happens to one system call: a block that always returns. */
type Rule = readonly [Syscall, readonly Instruction[]];

const load = (offset: number): Instruction => ({ code: LOAD, k: offset });
const result = (value: number): Instruction => ({ code: RETURN, k: value });
const refuse: readonly Instruction[] = [result(errno(EPERM))];

/** For every command, whatever its network. */
const ALWAYS: readonly Rule[] = [
  // Other processes' memory, descriptors and credentials.
  ...each(['ptrace', 'process_vm_readv', 'process_vm_writev', 'kcmp', 'pidfd_getfd'], refuse),
  // Does file and socket work in the kernel, past the rules below.
  ...each(['io_uring_setup', 'io_uring_enter', 'io_uring_register'], refuse),
  // Kernel interfaces no build or test needs, and a long record of ways out.
  ...each(['bpf', 'perf_event_open', 'userfaultfd'], refuse),
  // Keys belong to the user, not to a namespace.
  ...each(['keyctl', 'add_key', 'request_key'], refuse),
  // The mounts are the sandbox; a new user namespace would give the right to change them.
  ...each(['mount', 'umount2', 'pivot_root', 'move_mount', 'mount_setattr', 'open_tree', 'open_tree_attr'], refuse),
  ...each(['fsopen', 'fsconfig', 'fsmount', 'fspick', 'setns', 'open_by_handle_at'], refuse),
  ['unshare', unlessNone(0, NEW_NAMESPACES | NEW_TIME)],
  ['clone', unlessNone(0, NEW_NAMESPACES)],
  // Its flags are behind a pointer; libraries fall back to clone.
  ['clone3', [result(errno(ENOSYS))]],
  // Typing into the terminal on behalf of its user.
  ['ioctl', unlessOther(1, [TIOCSTI, TIOCLINUX])],
];

/** Packets, the hypervisor and the crypto interface are not what "network" means. */
const NETWORK_ON: readonly Rule[] = [['socket', onlyThese(0, [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK])]];

/** For a namespace of its own with one way out: other machines cannot be reached, and sockets in files must not be. */
const NETWORK_PROXIED: readonly Rule[] = [
  ['socket', onlyThese(0, [AF_INET, AF_INET6, AF_NETLINK])],
  ['socketpair', connectedUnixOnly()],
];

const NETWORK_OFF: readonly Rule[] = [
  ...each(['connect', 'accept', 'accept4', 'bind', 'listen', 'sendmmsg'], refuse),
  ['sendto', onlyNull(4)],
  // A datagram socket could name its receiver in sendmsg, behind a pointer: only kinds that need a connection.
  ['socket', connectedUnixOnly()],
  ['socketpair', connectedUnixOnly()],
];

/** What a command reaches: nothing, only a proxy through a namespace of its own, or everything. */
export type NetworkReach = 'off' | 'proxied' | 'on';

const NETWORK: Readonly<Record<NetworkReach, readonly Rule[]>> = {
  off: NETWORK_OFF,
  proxied: NETWORK_PROXIED,
  on: NETWORK_ON,
};

/**
 * The filter for a command, as the bytes of its `struct sock_filter`s. Calls of a foreign table end the process, as do
 * those of 32-bit programs; refused ones fail with EPERM. Spec §16.3.
 */
export function seccompProgram(abi: Abi, network: NetworkReach): Uint8Array {
  const rules = [...ALWAYS, ...NETWORK[network]];
  const program: Instruction[] = [
    load(ARCH),
    { code: JUMP_EQUAL, k: abi.audit, jt: 1 },
    result(KILL),
    load(NUMBER),
    ...(abi.foreignFrom === undefined ? [] : [{ code: JUMP_AT_LEAST, k: abi.foreignFrom, jf: 1 }, result(KILL)]),
    ...rules.flatMap(([name, block]) => [{ code: JUMP_EQUAL, k: abi.number(name), jf: block.length }, ...block]),
    result(ALLOW),
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(({ code, k, jt = 0, jf = 0 }, index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, jt);
    bytes.setUint8(index * 8 + 3, jf);
    bytes.setUint32(index * 8 + 4, k >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}

function each(names: readonly Syscall[], block: readonly Instruction[]): Rule[] {
  return names.map((name) => [name, block]);
}

/** Allowed when the argument has none of the bits. */
function unlessNone(index: number, mask: number): Instruction[] {
  return [load(low(index)), { code: JUMP_ANY_BIT, k: mask, jf: 1 }, ...refuse, result(ALLOW)];
}

/** Refused for the values, allowed for all others. */
function unlessOther(index: number, values: readonly number[]): Instruction[] {
  return [load(low(index)), ...jumpsTo(values, 1), result(ALLOW), ...refuse];
}

/** Allowed for the values, refused for all others. */
function onlyThese(index: number, values: readonly number[]): Instruction[] {
  return [load(low(index)), ...jumpsTo(values, 1), ...refuse, result(ALLOW)];
}

function onlyNull(index: number): Instruction[] {
  return [
    load(low(index)),
    { code: JUMP_EQUAL, k: 0, jf: 2 },
    load(high(index)),
    { code: JUMP_EQUAL, k: 0, jt: 1 },
    ...refuse,
    result(ALLOW),
  ];
}

/** The domain is the first argument of both calls, the type (with flags) the second. */
function connectedUnixOnly(): Instruction[] {
  return [
    load(low(0)),
    { code: JUMP_EQUAL, k: AF_UNIX, jf: 4 },
    load(low(1)),
    { code: AND, k: SOCK_TYPE_MASK },
    ...jumpsTo([SOCK_STREAM, SOCK_SEQPACKET], 1),
    ...refuse,
    result(ALLOW),
  ];
}

/** Jumps over `beyond` more instructions when the loaded value is one of these. */
function jumpsTo(values: readonly number[], beyond: number): Instruction[] {
  return values.map((k, index) => ({ code: JUMP_EQUAL, k, jt: values.length - 1 - index + beyond }));
}
