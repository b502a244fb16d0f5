import { isAbsolute, resolve } from 'node:path';
import { CodexError, toMessage } from '@codex/base';
import type { Config } from '@codex/config';
import type { SkillSource } from '@codex/core';
import type { ParamsOf, ResultOf } from '@codex/protocol';
import type { SkillPlace } from '@codex/skills';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** Skills for threads and for the clients that show them (§9.8). */
export interface SkillsService extends SkillSource {
  list(params: ParamsOf<'skills/list'>): Promise<ResultOf<'skills/list'>>;
  /** Writes the user's config.toml. */
  setEnabled(path: string, enabled: boolean): Promise<boolean>;
  /** The next question is answered from the files. */
  forget(): void;
  close(): void;
}

export interface SkillsDeps {
  config: ConfigService;
  onChange: () => void;
}

export function createSkillsService(options: ServiceOptions, { config, onChange }: SkillsDeps): SkillsService {
  const { home, cwd, env, clock, log } = options;
  const open = async () => {
    const [{ createSkillLibrary }, { projectRoot }] = await Promise.all([
      import('@codex/skills'),
      import('@codex/config'),
    ]);
    return { library: createSkillLibrary({ clock, log, onChange }), projectRoot };
  };
  let opened: ReturnType<typeof open> | undefined;
  const ready = () => (opened ??= open());

  const load = async (by: Config, folder: string, more: { fresh?: boolean; extraRoots?: readonly string[] } = {}) => {
    const { library, projectRoot } = await ready();
    const place: SkillPlace = {
      cwd: folder,
      home,
      userHome: env['HOME'] ?? null,
      projectRoot: projectRoot(folder, by.projectRootMarkers),
      extraRoots: more.extraRoots ?? [],
      pluginRoots: by.activePlugins.flatMap((plugin) => plugin.skillFolders),
      system: by.skills.bundledEnabled,
      disabled: disabledPaths(by),
    };
    return library.load(place, { fresh: more.fresh ?? false });
  };

  /** `[[skills.config]]` of the user's own file, and what else `[skills]` has there. */
  const ownSwitches = async (): Promise<{ switches: Config['skills']['config']; others: string[] }> => {
    const { layers } = await config.layers(null);
    const user = layers.find(({ name }) => name.type === 'user');
    const { config: switches = [], ...others } = (user?.config['skills'] ?? {}) as Partial<Config['skills']>;
    return { switches, others: Object.keys(others) };
  };

  return {
    at: load,
    read: async (skill) => (await ready()).library.read(skill),
    async list({ cwds = [], forceReload = false, perCwdExtraUserRoots }) {
      const extra = new Map(perCwdExtraUserRoots?.map((entry) => [entry.cwd, entry.extraUserRoots]));
      const relative = [...extra.values()].flat().find((root) => !isAbsolute(root));
      if (relative !== undefined) {
        const message = `skills/list perCwdExtraUserRoots extraUserRoots paths must be absolute: ${relative}`;
        throw new CodexError('invalidRequest', message);
      }
      const data = (cwds.length > 0 ? cwds : [cwd]).map(async (asked) => {
        const folder = resolve(cwd, asked);
        const found = await load(await config.complete(folder), folder, {
          fresh: forceReload,
          extraRoots: extra.get(asked) ?? [],
        });
        return { cwd: asked, skills: found.skills.map(({ metadata }) => metadata), errors: [...found.errors] };
      });
      return { data: await Promise.all(data) };
    },
    async setEnabled(path, enabled) {
      if (!isAbsolute(path)) throw new CodexError('invalidRequest', `path must be absolute: ${path}`);
      try {
        const { switches, others } = await ownSwitches();
        const rest = switches.filter((entry) => entry.path !== path);
        const after = enabled ? rest : [...rest, { path, enabled }];
        if (after.length > 0 || switches.length > 0) {
          // With its last switch a table goes that has nothing else.
          const keyPath = after.length > 0 || others.length > 0 ? 'skills.config' : 'skills';
          const value = after.length > 0 ? after : null;
          await config.writer.write({ edits: [{ keyPath, value, mergeStrategy: 'replace' }] });
        }
      } catch (error) {
        throw new CodexError('internal', `failed to update skill settings: ${toMessage(error)}`, { cause: error });
      }
      (await opened)?.library.clear();
      return !disabledPaths(await config.current()).includes(path);
    },
    forget: () => void opened?.then(({ library }) => library.clear()),
    close: () => void opened?.then(({ library }) => library.close()),
  };
}

/** The last word about each skill counts. */
function disabledPaths({ skills }: Config): string[] {
  const last = new Map(skills.config.map(({ path, enabled }) => [path, enabled]));
  return [...last].flatMap(([path, enabled]) => (enabled ? [] : path));
}
