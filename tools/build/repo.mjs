import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const REPO = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Progress and problems go to stderr: stdout belongs to the program that is being started. */
export function say(text) {
  process.stderr.write(`codex: ${text}\n`);
}

/** A problem the user can act on; shown without a stack. */
export class SetupError extends Error {}

/** Runs `main` and turns its outcome into an exit code; a SetupError is shown as one clear text. */
export async function runTool(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}
