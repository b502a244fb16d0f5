import type { State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { openDialog } from './dialog.ts';

/** May Codex work in a folder that nobody vouched for yet? The answer is kept in config.toml. `next` goes on. */
export function askTrust(state: State, folder: string, next: (state: State) => Step): Step {
  return step(
    openDialog(state, {
      kind: 'select',
      title: 'Do you trust what is in this folder?',
      body: [
        { text: folder, look: 'code' },
        {
          text: 'Codex reads files and follows settings, rules and instructions it finds here. Files of a stranger may try to mislead it.',
        },
      ],
      choices: [
        {
          label: 'Yes, go on',
          key: 'y',
          choose: (chosen) =>
            step(
              chosen,
              call(
                'config/value/write',
                {
                  keyPath: 'projects',
                  // Dots in a key path part keys, and folders have some.
                  value: { [folder]: { trust_level: 'trusted' } },
                  mergeStrategy: 'upsert',
                },
                () => change(next),
                (error) =>
                  change((now) =>
                    next(addCells(now, { kind: 'notice', level: 'warning', text: `The answer is not kept: ${error}` })),
                  ),
              ),
            ),
        },
        { label: 'No, quit', key: 'n', choose: (chosen) => step(chosen, { type: 'quit', code: 0 }) },
      ],
      selected: 0,
      cancel: (chosen) => step(chosen, { type: 'quit', code: 0 }),
    }),
  );
}
