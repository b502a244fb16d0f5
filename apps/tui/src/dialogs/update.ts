import { insert } from '../composer/buffer.ts';
import { messageOf, paste } from '../composer/draft.ts';
import { editKey } from '../composer/edit.ts';
import type { Input } from '../keys.ts';
import type { Choice, Dialog, Prompt, Select, State, Step } from '../model.ts';
import { step } from '../step.ts';
import { closeDialog, replaceDialog, shownChoices } from './dialog.ts';

/** What a key does to the dialog that is shown. */
export function updateDialog(state: State, dialog: Dialog, input: Input): Step {
  if (input.kind === 'key' && (input.key === 'escape' || input.key === 'ctrl+c')) {
    if (dialog.kind === 'select' && dialog.search && input.key === 'escape') {
      return step(replaceDialog(state, { ...dialog, search: '', selected: 0 }));
    }
    return dialog.cancel(closeDialog(state));
  }
  return dialog.kind === 'select' ? updateSelect(state, dialog, input) : updatePrompt(state, dialog, input);
}

function updateSelect(state: State, dialog: Select, input: Input): Step {
  const choices = shownChoices(dialog);
  const show = (change: Partial<Select>) => step(replaceDialog(state, { ...dialog, ...change }));
  const take = (choice: Choice | undefined) => (choice ? choice.choose(closeDialog(state)) : step(state));
  if (input.kind === 'key') {
    switch (input.key) {
      case 'up':
      case 'ctrl+p':
      case 'shift+tab':
        return show({ selected: (dialog.selected + choices.length - 1) % Math.max(1, choices.length) });
      case 'down':
      case 'ctrl+n':
      case 'tab':
        return show({ selected: (dialog.selected + 1) % Math.max(1, choices.length) });
      case 'enter': {
        if (!dialog.finish) return take(choices[dialog.selected]);
        return dialog.finish(
          closeDialog(state),
          dialog.choices.filter(({ isChecked }) => isChecked),
        );
      }
      case 'backspace':
        return dialog.search === undefined ? step(state) : show({ search: dialog.search.slice(0, -1), selected: 0 });
      default:
        return step(state);
    }
  }
  if (input.kind !== 'text') return step(state);
  if (dialog.search !== undefined) return show({ search: dialog.search + input.text, selected: 0 });
  if (dialog.finish && input.text === ' ') {
    const marked = choices[dialog.selected];
    return show({
      choices: dialog.choices.map((choice) =>
        choice === marked ? { ...choice, isChecked: choice.isChecked !== true } : choice,
      ),
    });
  }
  const byKey = choices.find(({ key }) => key === input.text);
  if (byKey) return take(byKey);
  const number = /^[1-9]$/.test(input.text) ? Number(input.text) : 0;
  if (number === 0 || number > choices.length) return step(state);
  return dialog.finish ? show({ selected: number - 1 }) : take(choices[number - 1]);
}

function updatePrompt(state: State, dialog: Prompt, input: Input): Step {
  const show = (draft: Prompt['draft']) => step(replaceDialog(state, { ...dialog, draft }));
  const { draft } = dialog;
  switch (input.kind) {
    case 'text':
      return show({ ...draft, buffer: insert(draft.buffer, input.text) });
    case 'paste':
      return show(paste(draft, input.text));
    case 'key': {
      if (input.key === 'enter') return dialog.submit(closeDialog(state), messageOf(draft).text);
      const edited = editKey(draft, input.key, state.size.columns - 4, state.killed);
      return edited ? show(edited.draft) : step(state);
    }
    case 'focus':
      return step(state);
  }
}
