import type { PatchFiles } from '@codex/apply-patch';
import type { Clock, Ids, Logger } from '@codex/base';
import type { Config } from '@codex/config';
import type { Mcp } from '@codex/mcp-client';
import type { Models } from '@codex/models';
import type { Runner, Shell } from '@codex/sandbox';
import type { Skill, SkillSet } from '@codex/skills';
import type { ClientIdentity } from './thread-types.ts';

/** What core needs from outside. */
export interface CoreDeps {
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** Written into rollout files as the program's version. */
  version: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  runner: Runner;
  files: PatchFiles;
  shell: Shell;
  skills: SkillSource;
  mcp: McpSource;
  /** The machine's time zone by its IANA name. */
  timezone(): string;
  /** How to talk to the models of a provider in the name of a client. */
  modelsFor(config: Config, provider: string, client: ClientIdentity): Models;
  /** What the file of a role of agents changes in a configuration. Throws CodexError `config`. */
  roleChanges(config: Config, file: string): Partial<Config>;
  /** What git says of a folder; null when it is no repository. */
  gitFacts(cwd: string): Promise<GitFacts | null>;
}

/** One library for all threads. */
export interface SkillSource {
  /** The skills that a configuration offers in a folder. */
  at(config: Config, cwd: string): Promise<SkillSet>;
  /** The whole text of a skill. Rejects when it cannot be read. */
  read(skill: Skill): Promise<string>;
}

export interface McpSource {
  /** Servers for one thread, none of them started. */
  open(servers: Config['mcpServers']): Mcp;
}

/** A field is null when git does not know it. */
export interface GitFacts {
  commitHash: string | null;
  branch: string | null;
  repositoryUrl: string | null;
}
