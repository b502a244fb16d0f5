import { type ChildProcess, spawn } from 'node:child_process';
import { type Logger, toMessage } from '@codex/base';
import { type CommandTag, TAG_LINE } from './command-tag.ts';

/**
 * Reads `+ pid/tag`, `- pid/tag`, `d folder` and `e folder` lines. Its input ends when our process does, however that
 * happens; then the groups still listed are ended with all that has their tag, the folder (d) is removed, and so are the
 * empty ones (e) with their parents.
 */
const SCRIPT = `
send() {
  for command in $live; do
    kill "-$1" "-\${command%/*}"
    tag=\${command#*/}
    [ "$tag" ] || continue
    for file in $(grep -ls "${TAG_LINE('$tag')}" /proc/[0-9]*/limits); do
      pid=\${file#/proc/}
      kill "-$1" "\${pid%/limits}"
    done
  done
} 2>/dev/null
trap '' HUP INT QUIT TERM
live=' '
folder=
empty=
newline='
'
while read -r op arg; do
  case $op in
    +) live="$live$arg " ;;
    -) case $live in *" $arg "*) live="\${live%%" $arg "*} \${live#*" $arg "}" ;; esac ;;
    d) folder=$arg ;;
    e) empty=$empty$arg$newline ;;
  esac
done
send TERM
if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
if [ "$live" != ' ' ]; then
  sleep 1
  send KILL
fi
printf %s "$empty" | while read -r arg; do rmdir -- "$arg" && rmdir -- "\${arg%/*}"; done 2>/dev/null
`;

/** Ends commands that outlive us. One small shell process per runner, started with the first command. */
export interface Watchdog {
  add(pid: number, tag?: CommandTag): void;
  /** With the words it was added by. */
  remove(pid: number, tag?: CommandTag): void;
  setFolder(path: string): void;
  /** Empty folders to remove with their parent folders, if they are still there then. */
  addLitter(paths: readonly string[]): void;
  close(): Promise<void>;
}

export function createWatchdog(log: Logger): Watchdog {
  let dog: ChildProcess | undefined;
  let gone: Promise<void> | undefined;
  let usable = process.platform !== 'win32';
  const start = (): ChildProcess | undefined => {
    if (!usable) return undefined;
    if (dog) return dog;
    try {
      const started = spawn('/bin/sh', ['-c', SCRIPT, 'codex-watchdog'], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
      });
      gone = new Promise((resolve) => {
        started.once('exit', resolve);
        started.once('error', (error) => {
          usable = false;
          log.warn({ error: toMessage(error) }, 'commands may outlive this process: no watchdog');
          resolve();
        });
      });
      // It may die before we write; commands run all the same.
      started.stdin?.on('error', () => {});
      started.unref();
      dog = started;
      return started;
    } catch (error) {
      usable = false;
      log.warn({ error: toMessage(error) }, 'commands may outlive this process: no watchdog');
      return undefined;
    }
  };
  const litter = new Set<string>();
  const tell = (line: string) => void start()?.stdin?.write(`${line}\n`);
  return {
    add: (pid, tag) => tell(`+ ${pid}/${tag ?? ''}`),
    remove: (pid, tag) => tell(`- ${pid}/${tag ?? ''}`),
    setFolder: (path) => tell(`d ${path}`),
    addLitter(paths) {
      for (const path of paths) {
        if (litter.has(path) || path.includes('\n')) continue;
        litter.add(path);
        tell(`e ${path}`);
      }
    },
    async close() {
      if (!dog) return;
      usable = false;
      dog.ref();
      dog.stdin?.end();
      await gone;
    },
  };
}
