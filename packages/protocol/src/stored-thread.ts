import type { GitInfo, SessionSource } from './entities/thread.ts';

/** What a list shows of a stored thread, as the head of its file tells it; times are milliseconds. */
export interface ThreadSummary {
  id: string;
  path: string;
  preview: string;
  cwd: string;
  source: SessionSource;
  /** Null when the file does not say: then it counts as the provider in use. */
  modelProvider: string | null;
  createdAt: number;
  /** Time of the last write to the file. */
  updatedAt: number;
  cliVersion: string;
  gitInfo: GitInfo | null;
  agentNickname: string | null;
  agentRole: string | null;
  forkedFromId: string | null;
}

/** A summary with its place in lists, which is that of the file's name: thread id and time of creation. */
export interface ListedThread extends ThreadSummary {
  archived: boolean;
  listed: { id: string; at: number };
}

/** The conversation files of a home, archived ones too, as an index sees them. Times are milliseconds. */
export interface ThreadFiles {
  /** The folder of archived ones. */
  readonly archive: string;
  /** Every file with the time of its last write, in any order. */
  all(): AsyncIterable<{ path: string; modifiedAt: number }>;
  /** Null when there is nothing to list, or no such file. */
  read(path: string): Promise<ListedThread | null>;
  /** Null without a file. */
  modifiedAt(path: string): Promise<number | null>;
  /**
   * The folders that files lie in, with the time when a file last came or went: the archive, then those of the days,
   * newest first, `days` of them at most.
   */
  folders(days?: number): AsyncIterable<{ path: string; modifiedAt: number }>;
  /** The files directly in a folder. */
  within(folder: string): Promise<string[]>;
}
