export { bareApp, byName, summaryOf } from './apps/app.ts';
export { type DirectoryOptions, readDirectory } from './apps/directory.ts';
export { type AppSources, type ConnectedApp, mergeApps } from './apps/merge.ts';
export type { Backend, BackendAnswer } from './backend.ts';
export type { InstalledPlugin, LoadedPlugin, OfferedPlugin, PluginSwitch, PluginTable } from './plugin.ts';
export { createPlugins, type Plugins, type PluginsDeps } from './plugins.ts';
export { fetchRemotePlugins, type RemotePlugin } from './remote.ts';
