import type { Config } from '@codex/config';
import { readPermissions } from '../approval/permissions.ts';
import type { Args, Decoded, Params } from './args.ts';
import type { CommandToApprove } from './approve-command.ts';

/** The files, folders and the network, as tools that ask for permissions take them. */
export const PERMISSION_PARAMS = {
  network: {
    type: 'object',
    description: 'Network access.',
    properties: { enabled: { type: 'boolean', description: 'True to ask for it.' } },
  },
  file_system: {
    type: 'object',
    description:
      'Files and folders, absolute or relative to the current one. What does not exist yet is made before a command runs: a file when its name has an ending, else a folder.',
    properties: {
      read: { type: 'array', items: { type: 'string' }, description: 'To be read.' },
      write: { type: 'array', items: { type: 'string' }, description: 'To be written to.' },
    },
  },
} as const satisfies Params;

/** What every tool that runs commands takes besides the command (core specification §10.4). */
export const APPROVAL_PARAMS = {
  sandbox_permissions: {
    type: 'string',
    description: 'Rights of this command: `use_default`, or `require_escalated` to ask for a run without the sandbox.',
  },
  justification: {
    type: 'string',
    description: 'With `require_escalated`: one short question to the user saying what the command is for.',
  },
  prefix_rule: {
    type: 'array',
    items: { type: 'string' },
    description: 'With `require_escalated`: the first words of the command that the user may allow for good.',
  },
  additional_permissions: {
    type: 'object',
    description: 'With `with_additional_permissions`: what the sandbox should allow besides.',
    properties: PERMISSION_PARAMS,
  },
} as const satisfies Params;

/** The parameters as the model is told them: asking for a wider sandbox is a feature, login shells can be switched off. */
export function offeredParams(params: Params, config: Pick<Config, 'features' | 'allowLoginShell'>): Params {
  const { features, allowLoginShell } = config;
  const { additional_permissions, login, ...others } = params;
  const rest = { ...others, ...(login && allowLoginShell ? { login } : {}) };
  if (!features.exec_permission_approvals || !additional_permissions) return rest;
  const { description } = APPROVAL_PARAMS.sandbox_permissions;
  const more = `${description} With \`with_additional_permissions\` it runs in a sandbox that allows more.`;
  return { ...rest, sandbox_permissions: { type: 'string', description: more }, additional_permissions };
}

type Asked = Pick<CommandToApprove, 'wish' | 'permissions' | 'justification' | 'prefixRule'>;

/** What a call says about the rights it needs; the error goes to the model. */
export function readAsked(
  args: Args<typeof APPROVAL_PARAMS>,
  cwd: string,
  { features }: Pick<Config, 'features'>,
): Decoded<Asked> {
  const refuse = (error: string) => ({ ok: false as const, error });
  const justification = args.justification ?? null;
  const prefixRule = args.prefix_rule ?? null;
  const asked = args.sandbox_permissions ?? 'use_default';
  const permissions = args.additional_permissions ? readPermissions(args.additional_permissions, cwd) : null;
  switch (asked) {
    case 'use_default':
    case 'require_escalated': {
      if (args.additional_permissions) {
        return refuse('`additional_permissions` needs `sandbox_permissions` set to `with_additional_permissions`');
      }
      const wish = asked === 'use_default' ? 'nothing' : 'escalation';
      return { ok: true, value: { wish, permissions: null, justification, prefixRule } };
    }
    case 'with_additional_permissions':
      if (!features.exec_permission_approvals) {
        return refuse('additional permissions are switched off; the feature is `exec_permission_approvals`');
      }
      if (!permissions) {
        return refuse('`additional_permissions` must name at least one permission in `network` or `file_system`');
      }
      return { ok: true, value: { wish: 'morePermissions', permissions, justification, prefixRule } };
    default:
      return refuse(
        `failed to parse function arguments: unknown variant \`${asked}\`, expected one of \`use_default\`, \`require_escalated\`, \`with_additional_permissions\``,
      );
  }
}
