import { Markdown, type MarkdownTheme } from '@mariozechner/pi-tui';
import type { Theme } from './theme.ts';

/** Lines that begin and end a code block are drawn by the library; this marks them so that they can be left out. */
const FENCE = '\u0000';

/** Markdown as styled lines of at most `width` columns. `text` must be plain (see `plain`). */
export function renderMarkdown(text: string, width: number, theme: Theme): string[] {
  const lines = new Markdown(text, 0, 0, markdownTheme(theme)).render(Math.max(4, width));
  return trimBlank(lines.map((line) => line.trimEnd()).filter((line) => !line.startsWith(FENCE)));
}

function markdownTheme(theme: Theme): MarkdownTheme {
  const same = (text: string) => text;
  return {
    heading: same,
    link: theme.accent,
    linkUrl: theme.dim,
    code: theme.code,
    codeBlock: theme.code,
    codeBlockBorder: () => FENCE,
    quote: theme.good,
    quoteBorder: theme.good,
    hr: theme.dim,
    listBullet: theme.dim,
    bold: theme.bold,
    italic: theme.italic,
    strikethrough: theme.strike,
    underline: theme.underline,
  };
}

function trimBlank(lines: string[]): string[] {
  const first = lines.findIndex((line) => line !== '');
  const last = lines.findLastIndex((line) => line !== '');
  return first < 0 ? [] : lines.slice(first, last + 1);
}
