import type { Model, ReasoningEffort } from '@codex/protocol';
import type { Choice, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { setSession } from '../update/mode.ts';
import { openDialog } from './dialog.ts';

/** `/model`: which model, then how hard it thinks. What is chosen is kept in config.toml. */
export function chooseModel(state: State): Step {
  return step(
    state,
    call('model/list', {}, ({ data }) =>
      change((now) => {
        const current = now.session?.model;
        const choices = data.map(
          (model): Choice => ({
            label: model.displayName + (model.model === current ? ' (in use)' : ''),
            detail: model.description,
            choose: (chosen) => chooseEffort(chosen, model),
          }),
        );
        if (choices.length === 0) {
          return step(
            addCells(now, {
              kind: 'notice',
              level: 'info',
              text: 'This provider lists no models; `codex -m NAME` names one.',
            }),
          );
        }
        return step(
          openDialog(now, {
            kind: 'select',
            title: 'Model',
            body: [{ text: 'Other models: codex -m NAME, or `model` in config.toml.', look: 'dim' }],
            choices,
            selected: Math.max(
              0,
              data.findIndex(({ model }) => model === current),
            ),
            hint: 'enter goes on to the effort, esc leaves it as it is',
            cancel: step,
          }),
        );
      }),
    ),
  );
}

function chooseEffort(state: State, model: Model): Step {
  const efforts = model.supportedReasoningEfforts;
  if (efforts.length <= 1) return useModel(state, model.model, efforts[0]?.reasoningEffort ?? null);
  const wanted = (model.model === state.session?.model ? state.session.effort : null) ?? model.defaultReasoningEffort;
  return step(
    openDialog(state, {
      kind: 'select',
      title: `How hard should ${model.displayName} think?`,
      choices: efforts.map(
        ({ reasoningEffort, description }): Choice => ({
          label: reasoningEffort + (reasoningEffort === model.defaultReasoningEffort ? ' (default)' : ''),
          detail: description,
          choose: (chosen) => useModel(chosen, model.model, reasoningEffort),
        }),
      ),
      selected: Math.max(
        0,
        efforts.findIndex(({ reasoningEffort }) => reasoningEffort === wanted),
      ),
      cancel: step,
    }),
  );
}

function useModel(state: State, model: string, effort: ReasoningEffort | null): Step {
  const { profile } = state.place;
  const at = (key: string) => (profile === undefined ? key : `profiles.${profile}.${key}`);
  const told = addCells(setSession(state, { model, effort }, 'model'), {
    kind: 'notice',
    level: 'info',
    text: `The model is ${model}${effort === null ? '' : `, effort ${effort}`} from the next turn on.`,
  });
  return step(
    told,
    call(
      'config/batchWrite',
      {
        edits: [
          { keyPath: at('model'), value: model, mergeStrategy: 'replace' },
          { keyPath: at('model_reasoning_effort'), value: effort, mergeStrategy: 'replace' },
        ],
      },
      undefined,
      (error) => ({ type: 'notice', level: 'warning', text: `This choice is not kept: ${error}` }),
    ),
  );
}
