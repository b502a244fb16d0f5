const WORD = String.raw`[\p{L}\p{N}_]`;
const FILE = new RegExp(`(?<!${WORD})claude\\.md(?!${WORD})`, 'giu');
const NAME = new RegExp(`(?<!${WORD})claude(?:[ _-]?code)?(?!${WORD})`, 'giu');

/** The other agent's names as ours, wherever they stand as words (app-server specification §9.12). */
export function rewriteNames(text: string): string {
  return text.replace(FILE, 'AGENTS.md').replace(NAME, 'Codex');
}
