import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, CodexError, isAbort, systemClock, systemCode, toMessage, withLock } from '@codex/base';
import { normalizeHost } from './network.ts';
import type { Decision, NetworkProtocol, NetworkRule } from './rule.ts';
import { Fault } from './starlark/fault.ts';

export interface AmendOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface NetworkAmendment {
  readonly host: string;
  readonly protocol: NetworkProtocol;
  readonly decision: Decision;
  readonly justification?: string;
}

/**
 * Allows commands beginning with `prefix` for good: one line at the end of `<home>/rules/default.rules`, once (execpolicy
 * specification §6). Creates the folder; safe with several processes. Refusals are CodexErrors.
 */
export async function amendPrefix(home: string, prefix: readonly string[], options: AmendOptions = {}): Promise<void> {
  if (prefix.length === 0) throw new CodexError('invalidRequest', 'prefix rule requires at least one token');
  const pattern = prefix.map(quote).join(', ');
  await appendLine(home, `prefix_rule(pattern=[${pattern}], decision="allow")`, options);
}

/** The same for a host. Returns the rule as it is in force, with its host normalised. */
export async function amendNetwork(
  home: string,
  amendment: NetworkAmendment,
  options: AmendOptions = {},
): Promise<NetworkRule> {
  const { protocol, decision, justification = null } = amendment;
  const host = checkedHost(amendment.host);
  if (justification?.trim() === '') {
    throw new CodexError('invalidRequest', 'invalid network rule: justification cannot be empty');
  }
  const word = decision === 'forbidden' ? 'deny' : decision;
  const reason = justification === null ? '' : `, justification=${quote(justification)}`;
  const line = `network_rule(host=${quote(host)}, protocol=${quote(protocol)}, decision=${quote(word)}${reason})`;
  await appendLine(home, line, options);
  return { host, protocol, decision, justification };
}

function checkedHost(host: string): string {
  try {
    return normalizeHost(host);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new CodexError('invalidRequest', `invalid network rule: ${error.message.replace('invalid rule: ', '')}`, {
      cause: error,
    });
  }
}

/** JSON is readable as a string of the language, but for half characters. */
function quote(text: string): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw new CodexError('invalidRequest', 'a rule cannot hold text that is not valid Unicode');
  }
  return JSON.stringify(text);
}

async function appendLine(home: string, line: string, options: AmendOptions): Promise<void> {
  const folder = path.join(home, 'rules');
  const file = path.join(folder, 'default.rules');
  const { clock = systemClock, signal } = options;
  try {
    await createFolder(folder);
    await withLock(`${file}.lock`, { clock, signal }, () => appendOnce(file, line));
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new CodexError('config', `failed to update rules file ${file}: ${toMessage(error)}`, { cause: error });
  }
}

/** Only this one level: a missing home is a mistake of the caller. */
async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw new CodexError('config', `failed to create policy directory ${folder}: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

/** One write at the end of the file; when it does not go through whole, the file is as before. */
async function appendOnce(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a+', 0o644);
  try {
    const content = await handle.readFile();
    if (content.toString('utf8').split('\n').includes(line)) return;
    const needsBreak = content.length > 0 && content.at(-1) !== 0x0a;
    const bytes = Buffer.from(`${needsBreak ? '\n' : ''}${line}\n`);
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error(`wrote ${bytesWritten} of ${bytes.length} bytes`);
      await handle.sync();
    } catch (error) {
      await handle.truncate(content.length);
      throw new CodexError('config', `failed to write policy file ${file}: ${toMessage(error)}`, { cause: error });
    }
  } finally {
    await handle.close();
  }
}
