import { CodexError, isAbort, isObject, type Logger, parseJson, toMessage } from '@codex/base';
import type { AppInfo } from '@codex/protocol';
import type { Backend } from '../backend.ts';
import { byName } from './app.ts';
import { readEntry } from './directory-entry.ts';

const TIMEOUT_MS = 60_000;
const MAX_PAGES = 100;

export interface DirectoryOptions {
  /** The apps of the user's workspace as well. */
  workspace: boolean;
  log: Logger;
  signal: AbortSignal;
}

/** Every app that the user could connect, by name. Throws CodexError. */
export async function readDirectory(backend: Backend, options: DirectoryOptions): Promise<AppInfo[]> {
  const { workspace, log, signal } = options;
  const entries: unknown[] = [];
  let token: string | null = null;
  for (let page = 0; page < MAX_PAGES && (page === 0 || token !== null); page++) {
    const more: string = token === null ? '' : `&token=${encodeURIComponent(token)}`;
    const read = await readPage(backend, `list?tier=categorized${more}&external_logos=true`, signal);
    entries.push(...read.apps);
    token = read.nextToken;
  }
  if (workspace) entries.push(...(await workspaceApps(backend, log, signal)));
  const apps = new Map<string, AppInfo>();
  for (const entry of entries) {
    const app = readEntry(entry);
    if (app === undefined) log.warn({}, 'an entry of the app directory is no app');
    if (app) apps.set(app.id, completed(apps.get(app.id), app));
  }
  return [...apps.values()].sort(byName);
}

/** Not every account has a workspace that lists apps; without it the others still count. */
async function workspaceApps(backend: Backend, log: Logger, signal: AbortSignal): Promise<unknown[]> {
  try {
    return (await readPage(backend, 'list_workspace?external_logos=true', signal)).apps;
  } catch (error) {
    if (isAbort(error)) throw error;
    log.warn({ problem: toMessage(error) }, 'the apps of the workspace are not known');
    return [];
  }
}

async function readPage(
  backend: Backend,
  path: string,
  signal: AbortSignal,
): Promise<{ apps: unknown[]; nextToken: string | null }> {
  const options = { purpose: 'to list apps', timeoutMs: TIMEOUT_MS, signal };
  const { status, statusText, body } = await backend.get(`connectors/directory/${path}`, options);
  if (status < 200 || status >= 300) {
    const text = `Request failed with status ${status} ${statusText}: ${body.slice(0, 2_000)}`;
    throw new CodexError('internal', text);
  }
  const parsed = parseJson(body);
  const page = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const { apps, nextToken } = page;
  if (!Array.isArray(apps)) throw new CodexError('internal', 'Failed to parse JSON response');
  return { apps, nextToken: typeof nextToken === 'string' && nextToken.trim() !== '' ? nextToken : null };
}

/** The app as it was listed first, with what only a later entry says. */
function completed(first: AppInfo | undefined, later: AppInfo): AppInfo {
  if (!first) return later;
  const missing = Object.entries(later).filter(([key]) => first[key as keyof AppInfo] === null);
  return { ...first, ...Object.fromEntries(missing) };
}
