import type { Choice, Dialog, Select, State } from '../model.ts';

export function openDialog(state: State, dialog: Dialog): State {
  return { ...state, popup: null, dialogs: [...state.dialogs, dialog] };
}

/** Without the dialog shown. */
export function closeDialog(state: State): State {
  return { ...state, dialogs: state.dialogs.slice(1) };
}

/** Another dialog in place of the one shown. */
export function replaceDialog(state: State, dialog: Dialog): State {
  return { ...state, dialogs: [dialog, ...state.dialogs.slice(1)] };
}

/** The choices that fit what was typed. */
export function shownChoices({ choices, search }: Select): readonly Choice[] {
  if (!search) return choices;
  const wanted = search.toLowerCase();
  return choices.filter(({ label, detail = '' }) => `${label} ${detail}`.toLowerCase().includes(wanted));
}

/** A further dialog of the one that was just closed: it comes before the others that wait. */
export function reopenDialog(state: State, dialog: Dialog): State {
  return { ...state, dialogs: [dialog, ...state.dialogs] };
}
