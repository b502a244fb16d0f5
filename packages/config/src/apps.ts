import { flag, map, oneOf, struct } from './decode.ts';

/** What may be done with connected apps; every default is filled in. */
export interface AppsConfig {
  readonly byId: Readonly<Record<string, AppSettings>>;
  readonly others: AppSettings;
}

export type AppApprovalMode = 'auto' | 'prompt' | 'approve';

export interface AppSettings {
  readonly enabled: boolean;
  /** Whether tools are offered that say they destroy, or act on an open world. */
  readonly destructiveEnabled: boolean;
  readonly openWorldEnabled: boolean;
  readonly approvalMode: AppApprovalMode;
  /** Whether tools are offered, whatever they say of themselves; null: it depends on that. */
  readonly toolsEnabled: boolean | null;
  /** By name or title. */
  readonly tools: Readonly<Record<string, AppToolSettings>>;
}

export interface AppToolSettings {
  readonly enabled: boolean | null;
  readonly approvalMode: AppApprovalMode | null;
}

const approvalMode = oneOf('auto', 'prompt', 'approve');

const appToml = struct('AppConfig', {
  enabled: flag,
  destructive_enabled: flag,
  open_world_enabled: flag,
  default_tools_approval_mode: approvalMode,
  default_tools_enabled: flag,
  tools: map(struct('AppToolConfig', { enabled: flag, approval_mode: approvalMode })),
});

/** `[apps]`: `_default` speaks for those that have no table or leave a key out. */
export const appsToml = map(appToml);
type AppToml = ReturnType<typeof appToml>;

const DEFAULT = '_default';

/** The settings with every default filled in; an app that an administrator has switched off stays off. */
export function resolveApps(toml: ReturnType<typeof appsToml>, switchedOff: readonly string[]): AppsConfig {
  const shared = Object.hasOwn(toml, DEFAULT) ? toml[DEFAULT] : undefined;
  const settings = (app: AppToml | undefined, enabled: boolean): AppSettings => ({
    enabled,
    destructiveEnabled: app?.destructive_enabled ?? shared?.destructive_enabled ?? true,
    openWorldEnabled: app?.open_world_enabled ?? shared?.open_world_enabled ?? true,
    approvalMode: app?.default_tools_approval_mode ?? 'auto',
    toolsEnabled: app?.default_tools_enabled ?? null,
    tools: Object.fromEntries(
      Object.entries(app?.tools ?? {}).map(([name, tool]) => [
        name,
        { enabled: tool.enabled ?? null, approvalMode: tool.approval_mode ?? null },
      ]),
    ),
  });
  const own = Object.entries(toml).filter(([id]) => id !== DEFAULT);
  const byId = Object.create(null) as Record<string, AppSettings>;
  for (const [id, app] of own) byId[id] = settings(app, app.enabled ?? true);
  for (const id of switchedOff) byId[id] = { ...(byId[id] ?? settings(undefined, false)), enabled: false };
  return { byId, others: settings(undefined, shared?.enabled ?? true) };
}
