import fs from 'node:fs';

/** Resident memory of a process in MiB. */
export function rssMib(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}

/** The kind of files that belong to SQLite. */
export const DATABASE = 'database';

/** Its open files, counted by what they lead to, numbers left out. */
export function openFiles(pid) {
  const counts = {};
  for (const name of fs.readdirSync(`/proc/${pid}/fd`)) {
    const target = quietly(() => fs.readlinkSync(`/proc/${pid}/fd/${name}`));
    if (target === null) continue;
    const isDatabase = /\.sqlite(-wal|-shm)?$/.test(target);
    const kind = isDatabase ? DATABASE : target.replace(/\[\d+\]/, '').replace(/\d{2,}.*/, '#');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Other processes whose environment holds `mark`, as `pid: command line`. */
export function marked(mark, except) {
  return fs.readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === except) return [];
    const environment = quietly(() => fs.readFileSync(`/proc/${pid}/environ`, 'latin1'));
    if (!environment?.includes(mark)) return [];
    const line = quietly(() => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
    return [`${pid}: ${line.replaceAll('\0', ' ').slice(0, 80)}`];
  });
}

/** What may have gone while we look. */
function quietly(read) {
  try {
    return read();
  } catch {
    return null;
  }
}
