import type { Theme } from '../text/theme.ts';

/** How cells are drawn. */
export interface Look {
  readonly width: number;
  readonly theme: Theme;
  /** Nothing is left out, as the transcript shows it. */
  readonly isFull: boolean;
  /** Paths are told as seen from here. */
  readonly folder: string;
  readonly showReasoning: boolean;
  readonly showRawReasoning: boolean;
}
