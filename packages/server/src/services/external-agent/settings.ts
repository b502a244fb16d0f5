import { isObject, parseJson, replaceFile } from '@codex/base';
import type { ConfigEdit } from '@codex/config';
import { readText } from './files.ts';
import type { Place } from './places.ts';

/** Whether importing would change config.toml. */
export async function detectSettings(place: Place): Promise<boolean> {
  return (await missingSettings(place)).edits.length > 0;
}

/** Adds what config.toml does not say yet; comments and order in there stay. */
export async function importSettings(place: Place, mark: string): Promise<void> {
  const { text, edits } = await missingSettings(place);
  if (edits.length === 0) return;
  const { editConfig } = await import('@codex/config');
  const edited = editConfig(text, edits);
  if (!edited.ok) throw new Error(`invalid existing config.toml: ${edited.message}`);
  await replaceFile(place.settings.to, edited.text, mark);
}

async function missingSettings({ settings }: Place): Promise<{ text: string; edits: ConfigEdit[] }> {
  const source = await readText(settings.from);
  const text = (await readText(settings.to)) ?? '';
  const wanted = source === null ? [] : translate(source);
  if (wanted.length === 0) return { text, edits: [] };
  const { parseToml, valueAt } = await import('@codex/config');
  const target = parseToml(text);
  if (!target.ok) throw new Error(`invalid existing config.toml: ${target.message}`);
  return { text, edits: wanted.filter(({ path }) => valueAt(target.table, path) === undefined) };
}

/** Settings of the other agent as ours: variables for commands, and whether they are confined. */
function translate(source: string): ConfigEdit[] {
  const parsed = parseJson(source);
  if (!parsed.ok) throw new Error(parsed.error);
  if (!isObject(parsed.value)) throw new Error('external agent settings root must be an object');
  const { env, sandbox } = parsed.value;
  const variables = isObject(env) ? Object.entries(env).filter(([, value]) => isPlain(value)) : [];
  const set = (path: string[], value: string): ConfigEdit => ({ path, value, merge: 'replace' });
  return [
    ...(isObject(sandbox) && sandbox['enabled'] === true ? [set(['sandbox_mode'], 'workspace-write')] : []),
    ...(variables.length > 0 ? [set(['shell_environment_policy', 'inherit'], 'core')] : []),
    ...variables.map(([name, value]) => set(['shell_environment_policy', 'set', name], String(value))),
  ];
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
