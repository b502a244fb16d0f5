import { askUser } from '../approval/ask-user.ts';
import {
  grantedOf,
  isEmpty,
  NO_PERMISSIONS,
  type Permissions,
  readPermissions,
  toArgs,
  toProfile,
} from '../approval/permissions.ts';
import type { AskForApproval } from '@codex/protocol';
import { PERMISSION_PARAMS } from './approval-args.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { functionSpec, text, type Tool, type ToolResult } from './tool.ts';

const PARAMS = {
  reason: { type: 'string', description: 'One short sentence to the user saying what they are for.' },
  permissions: {
    type: 'object',
    description: 'What commands should be allowed besides.',
    properties: PERMISSION_PARAMS,
    required: true,
  },
} as const satisfies Params;

/** `request_permissions`: asks the user for a wider sandbox, for the turn or the session (core specification §11.4). */
export const requestPermissionsTool: Tool = {
  names: ['request_permissions'],
  parallel: false,
  spec: ({ config }) =>
    config.features.request_permissions_tool
      ? functionSpec(
          'request_permissions',
          'Asks the user to let later commands reach more folders or the network, inside the sandbox. The answer says what was granted and for how long.',
          parametersSchema(PARAMS),
        )
      : null,
  async run(call, context) {
    const { settings, session, scope } = context;
    const args = decodeArgs(call.input, PARAMS);
    if (!args.ok) return text(args.error);
    const wanted = readPermissions(args.value.permissions, settings.cwd);
    if (!wanted) return text('request_permissions needs at least one permission in `network` or `file_system`');
    if (!mayAsk(settings.approvalPolicy)) return granted(NO_PERMISSIONS, 'turn');
    const reply = await askUser(context, 'item/permissions/requestApproval', {
      itemId: call.callId,
      reason: args.value.reason ?? null,
      permissions: toProfile(wanted),
    });
    if (reply.kind === 'unanswered') {
      const shown = `nobody answered within ${reply.ms} ms; nothing is granted`;
      return { output: shown, stopTurn: reply.stopTurn };
    }
    if (reply.kind !== 'answered') return granted(NO_PERMISSIONS, 'turn');
    const permissions = grantedOf(wanted, reply.result.permissions);
    if (isEmpty(permissions)) return granted(NO_PERMISSIONS, 'turn');
    const { scope: until } = reply.result;
    session.grants.add(permissions, until === 'session' ? null : scope.turnId);
    return granted(permissions, until);
  },
};

function mayAsk(policy: AskForApproval): boolean {
  return typeof policy === 'object' ? policy.granular.request_permissions : policy !== 'never';
}

function granted(permissions: Permissions, until: 'turn' | 'session'): ToolResult {
  return text(JSON.stringify({ permissions: toArgs(permissions), scope: until }));
}
