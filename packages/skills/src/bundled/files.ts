import { OPENAI_DOCS } from './openai-docs.ts';
import { SKILL_CREATOR } from './skill-creator.ts';
import { SKILL_INSTALLER } from './skill-installer.ts';

/** The files of all bundled skills, by path below the folder of system skills. */
export function bundledFiles(): ReadonlyMap<string, string> {
  const skills = { 'openai-docs': OPENAI_DOCS, 'skill-creator': SKILL_CREATOR, 'skill-installer': SKILL_INSTALLER };
  return new Map(
    Object.entries(skills).flatMap(([name, files]) =>
      Object.entries(files).map(([file, text]) => [`${name}/${file}`, text] as const),
    ),
  );
}
