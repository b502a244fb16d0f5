export { createSkillLibrary, type SkillLibrary, type SkillLibraryDeps } from './library.ts';
export { loadSkillFolders } from './load.ts';
export { mentionedSkills } from './mentions.ts';
export type { SkillPlace } from './roots.ts';
export type { Skill, SkillSet } from './skill.ts';
export { skillMessage, skillsText } from './texts.ts';
