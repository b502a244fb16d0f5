import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { lineSplitter, systemCode } from '@codex/base';
import type { ThreadSummary } from '@codex/protocol';
import { type Fields, parseLine } from './line.ts';
import { previewOfPayload } from './preview.ts';
import { sessionMetaFromFile } from './session-meta.ts';
import { gitFromFile } from './wire-forms.ts';

const HEAD_LINES = 10;
const MORE_LINES = 200;
const CHUNK = 16 * 1024;
const MAX_LINE = 16 * 1024 * 1024;

/** Reads heads of files one after another, all into the same memory. */
export type HeadReader = (path: string) => ThreadSummary | null;

/**
 * A reader of heads: 10 lines, and up to 200 more while only the first message of the user is missing. It gives null
 * for what no list shows (no such file, no header, or nothing said yet) and throws what the file system says.
 */
export function headReader(): HeadReader {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  return (path) => {
    // Done at once: four questions to another thread cost more than reading the head does.
    let file: number;
    try {
      file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      // Asked before reading: what is written meanwhile shows as a change to whoever compares times.
      const stats = fstatSync(file);
      if (!stats.isFile()) return null;
      const head = headScan();
      const splitter = lineSplitter(MAX_LINE);
      for (;;) {
        const bytesRead = readSync(file, buffer);
        const lines = bytesRead ? splitter.push(buffer.subarray(0, bytesRead)) : splitter.end();
        const over = lines.some((line) => head.take('text' in line ? line.text : '…'));
        if (over || !bytesRead) break;
      }
      const found = head.result(path);
      return found && { ...found, path, updatedAt: stats.mtimeMs };
    } finally {
      closeSync(file);
    }
  };
}

/** The head of one file; see `headReader`. */
export async function readHeader(path: string): Promise<ThreadSummary | null> {
  return headReader()(path);
}

type Found = Omit<ThreadSummary, 'path' | 'updatedAt'>;

function headScan(): { take(line: string): boolean; result(path: string): Found | null } {
  let seen = 0;
  let meta: { payload: Fields; at: number | null } | null = null;
  let preview: string | null = null;
  return {
    /** True when nothing more need be read. */
    take(line) {
      if (!line.trim()) return false;
      seen += 1;
      const parsed = parseLine(line);
      if (parsed?.type === 'session_meta') meta ??= { payload: parsed.payload, at: parsed.at };
      else if (parsed?.type === 'event_msg' && parsed.payload['type'] === 'user_message') {
        preview ??= previewOfPayload(parsed.payload);
      }
      if (meta && preview !== null) return true;
      return seen >= (meta ? HEAD_LINES + MORE_LINES : HEAD_LINES);
    },
    result(path) {
      const header = meta && sessionMetaFromFile(meta.payload, meta.at, path);
      if (!meta || !header || preview === null) return null;
      const { id, cwd, source, createdAt, cliVersion, agentNickname, agentRole, forkedFromId } = header;
      return {
        id,
        preview,
        cwd,
        source,
        modelProvider: header.modelProvider || null,
        createdAt,
        cliVersion,
        gitInfo: gitFromFile(meta.payload['git']),
        agentNickname,
        agentRole,
        forkedFromId,
      };
    },
  };
}
