import type { Ids } from '@codex/base';
import type { ExternalAgentConfigMigrationItem, ParamsOf } from '@codex/protocol';
import { detectDocument, importDocument } from './document.ts';
import { homePlace, type Place, projectPlace } from './places.ts';
import { detectSettings, importSettings } from './settings.ts';
import { detectSkills, importSkills } from './skills.ts';

export interface ExternalAgentDeps {
  home: string;
  userHome: string | undefined;
  ids: Ids;
}

/** What another agent left in the home and in projects and what is not taken over yet (app-server specification §9.12). */
export async function detectItems(
  { includeHome = false, cwds }: ParamsOf<'externalAgentConfig/detect'>,
  deps: ExternalAgentDeps,
): Promise<ExternalAgentConfigMigrationItem[]> {
  const projects = await Promise.all((cwds ?? []).map(projectPlace));
  const places = [includeHome ? homeOf(deps) : null, ...projects].filter((place) => place !== null);
  return (await Promise.all(places.map(itemsOf))).flat();
}

/** Takes the items over, one after the other; an item of which nothing is left to take over does nothing. */
export async function importItems(
  { migrationItems }: ParamsOf<'externalAgentConfig/import'>,
  deps: ExternalAgentDeps,
): Promise<void> {
  for (const { itemType, cwd } of migrationItems) {
    const place = typeof cwd === 'string' ? await projectPlace(cwd) : homeOf(deps);
    if (place) await importItem(itemType, place, deps.ids.hex(12));
  }
}

async function importItem(type: ExternalAgentConfigMigrationItem['itemType'], place: Place, mark: string) {
  switch (type) {
    case 'CONFIG':
      return importSettings(place, mark);
    case 'SKILLS':
      return importSkills(place, mark);
    case 'AGENTS_MD':
      return importDocument(place, mark);
    case 'MCP_SERVER_CONFIG':
      // Never found, so there is nothing to take over.
      return;
  }
}

async function itemsOf(place: Place): Promise<ExternalAgentConfigMigrationItem[]> {
  const { cwd, settings, skills, document } = place;
  const [hasSettings, hasSkills, source] = await Promise.all([
    detectSettings(place),
    detectSkills(place),
    detectDocument(place),
  ]);
  const items: ExternalAgentConfigMigrationItem[] = [];
  if (hasSettings) {
    items.push({ itemType: 'CONFIG', description: `Migrate ${settings.from} into ${settings.to}`, cwd });
  }
  if (hasSkills) {
    items.push({ itemType: 'SKILLS', description: `Copy skill folders from ${skills.from} to ${skills.to}`, cwd });
  }
  if (source !== null) {
    items.push({ itemType: 'AGENTS_MD', description: `Import ${source} to ${document.to}`, cwd });
  }
  return items;
}

function homeOf({ home, userHome }: ExternalAgentDeps): Place | null {
  return userHome === undefined ? null : homePlace(userHome, home);
}
