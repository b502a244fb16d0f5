import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '@codex/base';
import type { ThreadSummary } from '@codex/protocol';
import { type Fields, parseLine } from './line.ts';
import { type CutLine, lineCutter } from './line-cutter.ts';
import { previewOfPayload } from './preview.ts';
import { sessionMetaFromFile } from './session-meta.ts';
import { gitFromFile } from './wire-forms.ts';

const HEAD_LINES = 10;
const MORE_LINES = 200;
const CHUNK = 16 * 1024;
/** What says by its first characters that it is nothing of a head's, as the known programs write it. */
const PASSED_OVER =
  /^\{"timestamp":"[^"]*","type":"(?:response_item|turn_context|event_msg","payload":\{"type":"(?!user_message")[a-z_]+")/;
const KNOWN_BY = 128;
const MAX_LINE = 16 << 20;
/** No head needs more; a larger file without lines is no rollout. */
const MAX_HEAD = 64 << 20;

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
      const cutter = lineCutter(buffer, head.take, MAX_LINE);
      for (let at = 0, wanted = true; wanted && at < MAX_HEAD; ) {
        const { buffer: into, offset, length } = cutter.room();
        const bytesRead = readSync(file, into, offset, length, null);
        at += bytesRead;
        wanted = bytesRead > 0 && cutter.filled(bytesRead);
        if (bytesRead === 0) cutter.end();
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

function headScan(): { take: (line: CutLine) => boolean; result(path: string): Found | null } {
  let seen = 0;
  let meta: { payload: Fields; at: number | null } | null = null;
  let preview: string | null = null;
  return {
    /** False when nothing more need be read. */
    take({ buffer, start, end }) {
      const isPassedOver = PASSED_OVER.test(buffer.toString('latin1', start, Math.min(end, start + KNOWN_BY)));
      const text = isPassedOver ? null : buffer.toString('utf8', start, end);
      if (text !== null && !text.trim()) return true;
      seen += 1;
      const parsed = text === null ? null : parseLine(text);
      if (parsed?.type === 'session_meta') meta ??= { payload: parsed.payload, at: parsed.at };
      else if (parsed?.type === 'event_msg' && parsed.payload['type'] === 'user_message') {
        preview ??= previewOfPayload(parsed.payload);
      }
      if (meta && preview !== null) return false;
      return seen < (meta ? HEAD_LINES + MORE_LINES : HEAD_LINES);
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
