import type { RequestId, ServerRequestMethod, ServerRequestParams } from '@codex/protocol';
import { askCommand, askPatch, askPermissions } from '../dialogs/approval.ts';
import { openDialog } from '../dialogs/dialog.ts';
import { askElicitation } from '../dialogs/elicitation.ts';
import { askQuestions } from '../dialogs/user-input.ts';
import type { Dialog, Effect, Msg, State, Step } from '../model.ts';
import { step } from '../step.ts';

/** A question of the server: shown as a dialog, or refused when it is none for a person. */
export function askPerson(state: State, { id, method, params }: Extract<Msg, { type: 'question' }>): Step {
  const dialog = dialogFor(state, id, method, params);
  if (!dialog) return step(state, { type: 'refuse', id, message: `${method} is not answered by the terminal` });
  const notify: Effect[] = state.isFocused ? [] : [{ type: 'notify', text: dialog.title }];
  return step(openDialog(state, dialog), ...notify);
}

function dialogFor(state: State, id: RequestId, method: ServerRequestMethod, params: unknown): Dialog | null {
  switch (method) {
    case 'item/commandExecution/requestApproval':
      return askCommand(id, params as ServerRequestParams<typeof method>, state);
    case 'item/fileChange/requestApproval':
      return askPatch(id, params as ServerRequestParams<typeof method>, state);
    case 'item/permissions/requestApproval':
      return askPermissions(id, params as ServerRequestParams<typeof method>);
    case 'item/tool/requestUserInput':
      return askQuestions(id, params as ServerRequestParams<typeof method>);
    case 'mcpServer/elicitation/request':
      return askElicitation(id, params as ServerRequestParams<typeof method>);
    default:
      return null;
  }
}
