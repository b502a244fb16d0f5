import { isObject } from '@codex/base';
import type { AppBranding, AppInfo, AppMetadata, AppScreenshot } from '@codex/protocol';
import { bareApp } from './app.ts';

type Table = Readonly<Record<string, unknown>>;

/** Null for an app that is not to be shown, undefined for something that is no app. */
export function readEntry(entry: unknown): AppInfo | null | undefined {
  if (!isObject(entry)) return undefined;
  const id = text(entry, 'id');
  if (id === null || typeof entry['name'] !== 'string') return undefined;
  if (entry['visibility'] === 'HIDDEN') return null;
  return {
    ...bareApp(id, text(entry, 'name') ?? id, text(entry, 'description')),
    logoUrl: text(entry, 'logoUrl'),
    logoUrlDark: text(entry, 'logoUrlDark'),
    distributionChannel: text(entry, 'distributionChannel'),
    branding: readBranding(entry['branding']),
    appMetadata: readMetadata(entry['appMetadata']),
    labels: readLabels(entry['labels']),
  };
}

function readBranding(table: unknown): AppBranding | null {
  if (!isObject(table)) return null;
  return {
    category: text(table, 'category'),
    developer: text(table, 'developer'),
    website: text(table, 'website'),
    privacyPolicy: text(table, 'privacyPolicy'),
    termsOfService: text(table, 'termsOfService'),
    isDiscoverableApp: table['isDiscoverableApp'] === true,
  };
}

function readMetadata(table: unknown): AppMetadata | null {
  if (!isObject(table)) return null;
  const { review, screenshots } = table;
  const status = isObject(review) ? text(review, 'status') : null;
  return {
    review: status === null ? null : { status },
    categories: texts(table, 'categories'),
    subCategories: texts(table, 'subCategories'),
    seoDescription: text(table, 'seoDescription'),
    screenshots: Array.isArray(screenshots) ? screenshots.filter(isObject).map(readScreenshot) : null,
    developer: text(table, 'developer'),
    version: text(table, 'version'),
    versionId: text(table, 'versionId'),
    versionNotes: text(table, 'versionNotes'),
    firstPartyType: text(table, 'firstPartyType'),
    firstPartyRequiresInstall: flag(table, 'firstPartyRequiresInstall'),
    showInComposerWhenUnlinked: flag(table, 'showInComposerWhenUnlinked'),
  };
}

function readScreenshot(table: Table): AppScreenshot {
  return {
    url: text(table, 'url'),
    fileId: text(table, 'fileId') ?? text(table, 'file_id'),
    userPrompt: text(table, 'userPrompt') ?? text(table, 'user_prompt') ?? '',
  };
}

function readLabels(table: unknown): Record<string, string> | null {
  if (!isObject(table)) return null;
  return Object.fromEntries(
    Object.entries(table).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Null for a blank one. */
function text(table: Table, key: string): string | null {
  const value = table[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function texts(table: Table, key: string): string[] | null {
  const value = table[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null;
}

function flag(table: Table, key: string): boolean | null {
  const value = table[key];
  return typeof value === 'boolean' ? value : null;
}
