import { readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Descriptors that whoever started us left open and that children would inherit: Node only closes those it finds
 * before the first gap. They could be anything, a folder outside the sandbox for instance. Linux; nothing elsewhere.
 */
export function leakedDescriptors(): number[] {
  if (process.platform !== 'linux') return [];
  try {
    return readdirSync('/proc/self/fd').map(Number).filter(isInherited);
  } catch {
    // No /proc.
    return [];
  }
}

function isInherited(fd: number): boolean {
  if (fd <= 2) return false;
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The one the folder was read through.
    return false;
  }
}
