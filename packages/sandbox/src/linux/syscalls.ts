/** What a seccomp program has to know about a machine's system calls. */
export interface Abi {
  /** AUDIT_ARCH_* of the native calls; any other, such as 32-bit compatibility, is a foreign one. */
  audit: number;
  /** From this number on a call belongs to a second table under the same `audit` (x32). */
  foreignFrom: number | undefined;
  number(name: Syscall): number;
}

export type Syscall = keyof typeof NUMBERS;

/** [x86_64, aarch64], as in the kernel's `unistd` headers. */
const NUMBERS = {
  accept: [43, 202],
  accept4: [288, 242],
  add_key: [248, 217],
  bind: [49, 200],
  bpf: [321, 280],
  clone: [56, 220],
  clone3: [435, 435],
  connect: [42, 203],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  ioctl: [16, 29],
  kcmp: [312, 272],
  keyctl: [250, 219],
  listen: [50, 201],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  perf_event_open: [298, 241],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  request_key: [249, 218],
  sendmmsg: [307, 269],
  sendto: [44, 206],
  setns: [308, 268],
  socket: [41, 198],
  socketpair: [53, 199],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
} as const satisfies Record<string, readonly [number, number]>;

const ABIS: Readonly<Record<string, Abi>> = {
  x64: { audit: 0xc000003e, foreignFrom: 0x40000000, number: (name) => NUMBERS[name][0] },
  arm64: { audit: 0xc00000b7, foreignFrom: undefined, number: (name) => NUMBERS[name][1] },
};

/** The table for a value of `process.arch`; undefined where we have none. */
export function abiOf(arch: string): Abi | undefined {
  return ABIS[arch];
}
