import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson, systemCode, toMessage } from '@codex/base';
import { type ConfigError, fileError } from './error.ts';
import { resolvePaths } from './paths.ts';
import { positionAt } from './position.ts';
import { emptyTable, parseToml, type TomlTable } from './toml.ts';

/** A config.toml as it is on disk. */
export interface ConfigFile {
  readonly path: string;
  readonly exists: boolean;
  readonly text: string;
  /** Paths in it are absolute. Empty when the file is missing or broken. */
  readonly table: TomlTable;
  readonly version: string;
  readonly error: ConfigError | null;
}

/**
 * Reads a file once per state of the file; a missing one is empty. Never throws. Synchronous, since a handful of small
 * local files is read several times faster that way than through the thread pool.
 */
export type ReadConfigFile = (path: string, userHome: string | undefined) => ConfigFile;

const MAX_FILES = 256;
const MAX_BYTES = 8 * 1024 * 1024;

/** A reader that remembers what it parsed as long as size, times and inode of the file stay the same. */
export function createFileReader(): ReadConfigFile {
  const kept = new Map<string, { stamp: string; file: ConfigFile }>();
  return (path, userHome) => {
    try {
      const info = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (!info) {
        kept.delete(path);
        return missing(path);
      }
      const stamp = `${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}:${userHome ?? ''}`;
      const hit = kept.get(path);
      if (hit?.stamp === stamp) return hit.file;
      if (info.size > MAX_BYTES) return broken(path, `the file is larger than ${MAX_BYTES} bytes`);
      const file = parseFile(path, readFileSync(path), userHome);
      kept.delete(path);
      const oldest = kept.size >= MAX_FILES ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(path, { stamp, file });
      return file;
    } catch (error) {
      kept.delete(path);
      if (systemCode(error) === 'ENOENT') return missing(path);
      return broken(path, `cannot be read: ${toMessage(error)}`);
    }
  };
}

/** A file as it would be with this text. */
export function fileOf(path: string, text: string, userHome: string | undefined): ConfigFile {
  return parseFile(path, Buffer.from(text), userHome);
}

/** `sha256:` and the hash of the table as compact JSON with sorted keys (spec app-server §17.1). */
export function versionOf(table: TomlTable): string {
  return `sha256:${createHash('sha256').update(canonicalJson(table)).digest('hex')}`;
}

function parseFile(path: string, bytes: Buffer, userHome: string | undefined): ConfigFile {
  const text = bytes.toString('utf8');
  const base = { path, exists: true, text };
  const lost = text.indexOf('\ufffd');
  if (lost >= 0 && !Buffer.from(text).equals(bytes)) {
    const at = positionAt(text, lost);
    return { ...broken(path, ''), ...base, error: fileError(path, 'invalid UTF-8', { start: at, end: at }) };
  }
  const parsed = parseToml(text);
  if (!parsed.ok) return { ...broken(path, ''), ...base, error: fileError(path, parsed.message, parsed.range) };
  const table = resolvePaths(parsed.table, dirname(path), userHome);
  return { ...base, table, version: versionOf(table), error: null };
}

function missing(path: string): ConfigFile {
  const table = Object.freeze(emptyTable());
  return { path, exists: false, text: '', table, version: versionOf(table), error: null };
}

function broken(path: string, reason: string): ConfigFile {
  return { ...missing(path), exists: true, error: fileError(path, reason, null) };
}
