import type { analyze } from './analyze.ts';
import type { judge } from './judge/judge.ts';

export interface Judge {
  readonly analyze: typeof analyze;
  readonly judge: typeof judge;
}

/** `analyze` and `judge`, loaded when first asked for: a program that runs no commands need not load the grammar. */
export async function loadJudge(): Promise<Judge> {
  const [analysis, judging] = await Promise.all([import('./analyze.ts'), import('./judge/judge.ts')]);
  return { analyze: analysis.analyze, judge: judging.judge };
}
