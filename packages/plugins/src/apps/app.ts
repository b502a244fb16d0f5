import type { AppInfo, AppSummary } from '@codex/protocol';

/** The page on which an app is connected. */
export function installUrl(name: string, id: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]/gu, '-');
  return `https://chatgpt.com/apps/${slug.replace(/^-+|-+$/g, '') || 'app'}/${id}`;
}

/** An app of which only this is known. */
export function bareApp(id: string, name = id, description: string | null = null): AppInfo {
  return {
    id,
    name,
    description,
    logoUrl: null,
    logoUrlDark: null,
    distributionChannel: null,
    branding: null,
    appMetadata: null,
    labels: null,
    installUrl: installUrl(name, id),
    isAccessible: false,
    isEnabled: true,
    pluginDisplayNames: [],
  };
}

export function summaryOf({ id, name, description, installUrl: url }: AppInfo): AppSummary {
  return { id, name, description, installUrl: url };
}

export function byName(a: AppInfo, b: AppInfo): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
