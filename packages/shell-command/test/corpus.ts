import { readdirSync, readFileSync } from 'node:fs';
import type { Verdict } from '../src/index.ts';

export interface Case {
  readonly file: string;
  readonly argv: string[];
  readonly verdict: Verdict;
  readonly platform: string;
}

const FOLDER = new URL('corpus/', import.meta.url);

/** Lines `verdict  script` of the .txt files, run as `bash -lc`, and the cases of the .json files. */
export function readCorpus(): Case[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return file.endsWith('.json') ? fromJson(file, text) : fromLines(file, text);
  });
}

function fromJson(file: string, text: string): Case[] {
  const cases: { argv: string[]; verdict: Verdict; platform?: string }[] = JSON.parse(text);
  return cases.map(({ argv, verdict, platform = 'linux' }) => ({ file, argv, verdict, platform }));
}

function fromLines(file: string, text: string): Case[] {
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('# ')) return [];
    const match = /^(safe|ask|dangerous) {2}(.+)$/.exec(line);
    if (!match) throw new Error(`${file}: not a case: ${line}`);
    return [{ file, argv: ['bash', '-lc', match[2]!], verdict: match[1] as Verdict, platform: 'linux' }];
  });
}
