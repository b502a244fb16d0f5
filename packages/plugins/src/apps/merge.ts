import type { AppInfo } from '@codex/protocol';
import { bareApp, byName, installUrl } from './app.ts';

/** An app that the user has connected, as its tools tell. */
export interface ConnectedApp {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

export interface AppSources {
  /** Null while it is not known. */
  readonly directory: readonly AppInfo[] | null;
  /** Null while it is not known. */
  readonly connected: readonly ConnectedApp[] | null;
  /** What active plugins bring: ids of apps, by the plugin's name. */
  readonly plugins: readonly { readonly name: string; readonly apps: readonly string[] }[];
  isHidden: (id: string) => boolean;
  isEnabled: (id: string) => boolean;
}

/**
 * The list for clients: connected apps first, each part by name (app-server specification §9.8). Once the directory is
 * known, an app that is neither in there nor of a plugin is left out.
 */
export function mergeApps({ directory, connected, plugins, isHidden, isEnabled }: AppSources): AppInfo[] {
  const apps = new Map<string, AppInfo>();
  for (const app of directory ?? []) apps.set(app.id, app);
  if (directory) {
    for (const id of plugins.flatMap((plugin) => plugin.apps)) if (!apps.has(id)) apps.set(id, bareApp(id));
  }
  for (const { id, name, description } of connected ?? []) {
    const listed = apps.get(id);
    if (!listed && directory) continue;
    const shownName = listed && listed.name !== id ? listed.name : name;
    apps.set(id, {
      ...(listed ?? bareApp(id)),
      name: shownName,
      description: listed?.description ?? description,
      installUrl: installUrl(shownName, id),
      isAccessible: true,
      pluginDisplayNames: plugins.filter((plugin) => plugin.apps.includes(id)).map((plugin) => plugin.name),
    });
  }
  return [...apps.values()]
    .filter(({ id }) => !isHidden(id))
    .map((app) => ({ ...app, isEnabled: isEnabled(app.id) }))
    .sort((a, b) => Number(b.isAccessible) - Number(a.isAccessible) || byName(a, b));
}
