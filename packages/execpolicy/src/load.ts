import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CodexError, systemCode, toMessage } from '@codex/base';
import { parseRules } from './parse-rules.ts';
import { mergeRules, NO_RULES, restrictionsOf, type Rules } from './rule.ts';
import type { RuleError } from './rule-error.ts';

/** A rules file that is not in force, as clients are told of it. */
export interface RulesWarning {
  readonly summary: string;
  readonly details: string;
  readonly path: string;
  readonly range: RuleError['range'];
  readonly error: RuleError;
}

export interface LoadedRules {
  readonly rules: Rules;
  readonly warnings: readonly RulesWarning[];
}

/**
 * Reads all `*.rules` files of these `rules` folders, lowest precedence first, inside a folder by name (execpolicy
 * specification §1). A folder that does not exist is fine. When any file is broken, nothing is allowed by files any more,
 * but what the others forbid or question stays: a typing error must not open what another file closed.
 * A folder or file that cannot be read is a CodexError `config`.
 */
export async function loadRules(folders: readonly string[]): Promise<LoadedRules> {
  const warnings: RulesWarning[] = [];
  let rules: Rules = NO_RULES;
  for (const folder of new Set(folders.map((name) => path.resolve(name)))) {
    for (const file of await rulesFiles(folder)) {
      const text = await readRules(file);
      const parsed = parseRules(text, file, { hosts: rules.hosts, cwd: path.dirname(file) });
      if (parsed.ok) rules = mergeRules(rules, parsed.rules);
      else warnings.push(warningOf(file, parsed.error));
    }
  }
  return { rules: warnings.length > 0 ? restrictionsOf(rules) : rules, warnings };
}

/** The rules files of one folder in the order in which they count; none when there is no such folder. */
export async function rulesFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && isRulesFile(entry.name)).map((entry) => entry.name);
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => path.join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw new CodexError('config', `failed to read rules files from ${folder}: ${toMessage(error)}`, { cause: error });
  }
}

/** A name that is nothing but the ending, `.rules`, has no ending. */
function isRulesFile(name: string): boolean {
  return path.extname(name) === '.rules';
}

async function readRules(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    const why = error instanceof TypeError ? 'stream did not contain valid UTF-8' : toMessage(error);
    throw new CodexError('config', `failed to read rules file ${file}: ${why}`, { cause: error });
  }
}

function warningOf(file: string, error: RuleError): RulesWarning {
  return {
    summary: 'Error parsing rules; custom rules not applied.',
    details: `failed to parse rules file ${file}: ${error.text}`,
    path: file,
    range: error.range,
    error,
  };
}
