import type { Thread } from '@codex/protocol';

/** What covers the whole screen. */
export type Overlay = Pager | Picker;

export interface Pager {
  readonly kind: 'pager';
  readonly title: string;
  /** Null: the transcript, with what is going on. */
  readonly diff: string | null;
  /** First line shown; null follows the end. */
  readonly top: number | null;
}

/** Chooses a stored thread. */
export interface Picker {
  readonly kind: 'picker';
  readonly purpose: 'resume' | 'fork';
  readonly search: string;
  readonly sort: 'updated_at' | 'created_at';
  readonly allFolders: boolean;
  readonly rows: readonly Thread[];
  readonly cursor: string | null;
  readonly isLoading: boolean;
  readonly selected: number;
  /** Leads where when nothing is chosen: back to the thread, or to a new one when there is none. */
  readonly hasThread: boolean;
}
