export { joinForDisplay } from './display.ts';
export { isDangerous, isKnownSafe } from './safety.ts';
export { shellScript, splitCommand } from './shell.ts';
export { type CommandAction, summarize } from './summarize.ts';
