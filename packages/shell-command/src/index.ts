export { type AnalyzedCommand, analyze, type CommandAnalysis } from './analyze.ts';
export { joinForDisplay } from './display.ts';
export { judge, type Verdict } from './judge/judge.ts';
export { type Judge, loadJudge } from './load.ts';
export { isDangerous, isKnownSafe } from './safety.ts';
export { shellScript, splitCommand } from './shell.ts';
export { splitWords } from './split-words.ts';
export { type CommandAction, summarize } from './summarize.ts';
