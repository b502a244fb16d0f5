export { bareApp, byName, summaryOf } from './apps/app.ts';
export { type DirectoryOptions, readDirectory } from './apps/directory.ts';
export { type AppSources, type ConnectedApp, mergeApps } from './apps/merge.ts';
export type { Backend, BackendAnswer } from './backend.ts';
export {
  createPlugins,
  type InstalledPlugin,
  type LoadedPlugin,
  type OfferedPlugin,
  type Plugins,
  type PluginsDeps,
  type PluginSwitch,
  type PluginTable,
} from './plugins.ts';
export { fetchRemotePlugins, type RemotePlugin } from './remote.ts';
