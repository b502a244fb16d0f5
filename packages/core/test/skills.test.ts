import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import { inputTexts, say } from '@codex/mock-model';
import { createSkillLibrary } from '@codex/skills';
import { expect, it, onTestFinished } from 'vitest';
import type { CoreDeps } from '../src/index.ts';
import { rig, text } from './harness.ts';

/** Skills of the folder a thread works in, by name with the text of their files. */
function librarySource(): CoreDeps['skills'] {
  const library = createSkillLibrary({ clock: systemClock, log: nullLogger, onChange: () => {} });
  onTestFinished(() => library.close());
  return {
    at: (config, cwd) =>
      library.load({ ...{ cwd, home: config.home, userHome: null, projectRoot: cwd, system: true, disabled: [] } }),
    read: (skill) => library.read(skill),
  };
}

async function withSkill(steps: Parameters<typeof rig>[0]) {
  const world = await rig(steps, { deps: { skills: librarySource() } });
  const file = path.join(world.cwd, '.agents/skills/mend/SKILL.md');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '---\nname: mend\ndescription: Mends things.\n---\nUse glue.\n');
  return { ...world, file };
}

const handedOver = (file: string) =>
  `<skill>\n<name>mend</name>\n<path>${file}</path>\n---\nname: mend\ndescription: Mends things.\n---\nUse glue.\n\n</skill>`;

it('lists skills ahead of the first message and hands over those that are mentioned, each time', async () => {
  const { start, model, file } = await withSkill([say('1'), say('2'), say('3')]);
  const talk = await start();
  await talk.turn('hello');
  await talk.turn([...text('fix it'), { type: 'skill', name: 'mend', path: file }]);
  await talk.turn('and $mend this');
  const [first, second, third] = model.requests.map((request) => inputTexts(request));
  expect(first?.some((each) => each.includes(`- mend: Mends things. (file: ${file})`))).toBe(true);
  expect(first?.at(-1)).toBe('hello');
  expect(second?.slice(-2)).toEqual(['fix it', handedOver(file)]);
  expect(third?.slice(-2)).toEqual(['and $mend this', handedOver(file)]);
  const types = talk.all('item.completed').map(({ item }) => item.type);
  expect(types).toEqual(Array.from({ length: 3 }, () => ['userMessage', 'agentMessage']).flat());
});

it('lists skills again when the history was replaced', async () => {
  const { start, model } = await withSkill([say('1'), say('the gist'), say('2')]);
  const talk = await start();
  await talk.turn('hello');
  const { turn, run } = talk.thread.prepareCompaction();
  run();
  await talk.ended(turn.id);
  await talk.turn('go on');
  const lists = inputTexts(model.requests[2]!).filter((each) => each.includes('- mend: '));
  expect(lists).toHaveLength(1);
});

it('says when a skill cannot be read and goes on', async () => {
  const { start, file } = await withSkill([say('1'), say('2')]);
  const talk = await start();
  await talk.turn('hello');
  await rm(file);
  // Mentioned in the moment between the loss of the file and the library's noticing it, or after: no turn fails.
  expect(await talk.turn('$mend')).toMatchObject({ status: 'completed' });
  for (const { message } of talk.all('notice')) expect(message).toContain(`Failed to load skill mend at ${file}: `);
});
