import fs from 'node:fs';
import path from 'node:path';

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux we run on

/** CPU time (user and system, milliseconds) a process and its living descendants have used so far. */
export function cpuMs(pid) {
  return sumTree(pid, (id) => {
    const stat = fs.readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  });
}

/** Milliseconds that the threads of a process have run so far, or waited for a free core. */
export function busyMs(pid) {
  const tasks = fs.readdirSync(`/proc/${pid}/task`).map((task) =>
    unlessGone(() => {
      const [ran, waited] = fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
      return (Number(ran) + Number(waited)) / 1e6;
    }, 0),
  );
  return tasks.reduce((sum, ms) => sum + ms, 0);
}

/** Resident memory in MiB of a process and its living descendants. */
export function rssMib(pid) {
  return sumTree(
    pid,
    (id) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  );
}

/** The most memory in MiB a process has had resident; that of its children does not count. */
export function peakMib(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** KiB a process handed to the block layer (write_bytes of /proc/PID/io), null where the system does not tell. */
export function writtenKib(pid) {
  try {
    return sumTree(
      pid,
      (id) => Number(/write_bytes: (\d+)/.exec(fs.readFileSync(`/proc/${id}/io`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  } catch {
    return null;
  }
}

/** Size in KiB of all files below a folder. */
export function folderKib(folder) {
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile())
      bytes += fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes / 1024;
}

function sumTree(pid, measure) {
  return measure(pid) + childrenOf(pid).reduce((sum, child) => sum + unlessGone(() => sumTree(child, measure), 0), 0);
}

function childrenOf(pid) {
  return fs.readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const children = unlessGone(() => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim(), '');
    return children === '' ? [] : children.split(' ');
  });
}

/** Threads and children may end while we look. */
function unlessGone(read, otherwise) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return otherwise;
    throw error;
  }
}
