import type { SkillErrorInfo, SkillMetadata } from '@codex/protocol';

export interface Skill {
  /** As clients see it; `path` is the real path of its SKILL.md. */
  readonly metadata: SkillMetadata;
  /** Whether the model is told of it unasked; without that it can still be mentioned. */
  readonly implicit: boolean;
}

export interface SkillSet {
  /** By scope (repo, user, system, admin), name, path. */
  readonly skills: readonly Skill[];
  /** Files that look like skills and are none. */
  readonly errors: readonly SkillErrorInfo[];
}
