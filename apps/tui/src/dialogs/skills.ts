import type { Choice, Session, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { openDialog } from './dialog.ts';

/** `/skills`: all that were found; space switches one on or off. */
export function listSkills(state: State, { cwd }: Session): Step {
  return step(
    state,
    call('skills/list', { cwds: [cwd], forceReload: true }, ({ data }) =>
      change((now) => {
        const skills = data.flatMap((entry) => entry.skills);
        const problems = data
          .flatMap(({ errors }) => errors)
          .map(({ path, message }) => ({
            kind: 'notice' as const,
            level: 'warning' as const,
            text: `${path}: ${message}`,
          }));
        const told = addCells(now, ...problems);
        if (skills.length === 0) {
          return step(
            addCells(told, {
              kind: 'notice',
              level: 'info',
              text: 'There are no skills. They are folders with a SKILL.md in .agents/skills.',
            }),
          );
        }
        return step(
          openDialog(told, {
            kind: 'select',
            title: 'Skills',
            choices: skills.map(
              ({ name, description, shortDescription, enabled }): Choice => ({
                label: name,
                detail: shortDescription ?? description,
                isChecked: enabled,
                choose: step,
              }),
            ),
            selected: 0,
            hint: 'space switches on or off, enter keeps it, esc leaves it as it was',
            finish: (chosen, marked) => {
              const on = new Set(marked.map(({ label }) => label));
              const changed = skills.filter(({ name, enabled }) => on.has(name) !== enabled);
              return step(
                chosen,
                ...changed.map(({ path, name }) => call('skills/config/write', { path, enabled: on.has(name) })),
              );
            },
            cancel: step,
          }),
        );
      }),
    ),
  );
}
