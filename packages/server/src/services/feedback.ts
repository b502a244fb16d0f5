import { constants } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { CodexError, type Ids, type Logger, readRegularFile, systemCode, toMessage } from '@codex/base';
import type { Env } from '../user-agent.ts';
import { proxyFacts } from './proxy-facts.ts';
import type { LazyState } from './state/lazy-state.ts';

export interface FeedbackReport {
  classification: string;
  reason: string | null;
  threadId: string | null;
  sessionSource: string;
  /** What else is known; the report's own tags win. */
  collected: Readonly<Record<string, string>>;
  /** Where the thread's log, its file and the extra files are wanted. */
  attach: { rollout: string | null; extra: readonly string[] } | null;
}

export interface Feedback {
  /**
   * Puts a report together in a folder of its own below `<home>/feedback`; nothing is sent anywhere. Returns the id under
   * which it is found. Throws `internal` when it cannot be written.
   */
  save(report: FeedbackReport): Promise<{ id: string; folder: string }>;
}

/** Of one attached file; a longer one is left out, and the report says so. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** Of all of them. */
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;
const MAX_FILES = 32;
/** Reports about one thread. */
const MAX_REPORTS = 1_000;
const LOG_NAME = 'codex-logs.log';
const CONNECTIVITY_NAME = 'codex-connectivity-diagnostics.txt';
const REPORT_NAME = 'report.json';
const MAX_TAGS = 64;

export function createFeedback(deps: {
  home: string;
  env: Env;
  version: string;
  ids: Ids;
  log: Logger;
  state: LazyState;
  flushLog: () => Promise<void>;
}): Feedback {
  const { home, env, version, ids, log, state, flushLog } = deps;
  const logOf = async (threadId: string | null): Promise<string[]> => {
    await flushLog();
    return (await (await state.open())?.logs.feedback({ threadId })) ?? [];
  };
  return {
    async save(report) {
      const { threadId, attach } = report;
      const id = threadId ?? `no-active-thread-${ids.uuid()}`;
      let folder: string | null = null;
      try {
        folder = await makeFolder(join(home, 'feedback'), id);
        const lines = attach ? await logOf(threadId) : null;
        if (lines) await writeNew(join(folder, LOG_NAME), lines.join(''));
        const connectivity = attach ? proxyFacts(env) : null;
        if (connectivity !== null) await writeNew(join(folder, CONNECTIVITY_NAME), connectivity);
        const paths = attach ? [...(attach.rollout === null ? [] : [attach.rollout]), ...attach.extra] : [];
        const { files, leftOut } = await attachAll(folder, paths);
        const own = {
          thread_id: id,
          classification: report.classification,
          cli_version: version,
          session_source: report.sessionSource,
          ...(report.reason === null ? {} : { reason: report.reason }),
        };
        const others = Object.entries(report.collected).filter(([name]) => !Object.hasOwn(own, name));
        const tags = { ...own, ...Object.fromEntries(others.slice(0, MAX_TAGS - Object.keys(own).length)) };
        const attached = [
          ...(lines ? [LOG_NAME] : []),
          ...(connectivity === null ? [] : [CONNECTIVITY_NAME]),
          ...files,
        ];
        const text = { ...report, attach: undefined, collected: undefined, version, tags, files: attached, leftOut };
        await writeNew(join(folder, REPORT_NAME), `${JSON.stringify(text, null, 2)}\n`);
      } catch (error) {
        if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => {});
        throw new CodexError('internal', `failed to upload feedback: ${toMessage(error)}`, { cause: error });
      }
      log.warn({ threadId: id, folder }, 'feedback was written to a folder, not sent');
      return { id, folder };
    },
  };
}

/** `<id>`, or `<id>-2` and so on when there is an earlier report. */
async function makeFolder(root: string, id: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (let n = 1; n <= MAX_REPORTS; n++) {
    const folder = join(root, n === 1 ? id : `${id}-${n}`);
    try {
      await mkdir(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`there are ${MAX_REPORTS} reports about this thread in ${root}`);
}

interface LeftOut {
  path: string;
  because: string;
}

async function attachAll(folder: string, paths: readonly string[]): Promise<{ files: string[]; leftOut: LeftOut[] }> {
  const files: string[] = [];
  const leftOut: LeftOut[] = [];
  let left = MAX_TOTAL_BYTES;
  for (const path of paths) {
    const name = freeName(basename(path), [LOG_NAME, CONNECTIVITY_NAME, REPORT_NAME, ...files]);
    const read =
      files.length < MAX_FILES
        ? await readWhole(path, Math.min(left, MAX_FILE_BYTES))
        : { because: `more than ${MAX_FILES} files` };
    if ('because' in read) {
      leftOut.push({ path, because: read.because });
      continue;
    }
    await writeNew(join(folder, name), read.bytes);
    left -= read.bytes.length;
    files.push(name);
  }
  return { files, leftOut };
}

/** No links either: they may lead anywhere. */
async function readWhole(path: string, maxBytes: number): Promise<{ bytes: Buffer } | { because: string }> {
  try {
    return await readRegularFile(path, maxBytes, constants.O_NOFOLLOW);
  } catch (error) {
    return { because: systemCode(error) ?? toMessage(error) };
  }
}

function freeName(name: string, taken: readonly string[]): string {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length) || 'file';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? `${stem}${extension}` : `${stem}-${n}${extension}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

function writeNew(path: string, content: string | Buffer): Promise<void> {
  return writeFile(path, content, { mode: 0o600, flag: 'wx' });
}
