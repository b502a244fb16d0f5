import type { AskForApproval, SandboxPolicy } from '@codex/protocol';
import type { Choice, Session, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { setSession } from '../update/mode.ts';
import { approvalText, sandboxText } from '../update/thread.ts';
import { openDialog } from './dialog.ts';

interface Preset {
  label: string;
  detail: string;
  approvalPolicy: AskForApproval;
  sandbox: SandboxPolicy;
}

function presets({ sandbox }: Session): Preset[] {
  const workspace: SandboxPolicy =
    sandbox.type === 'workspaceWrite'
      ? sandbox
      : {
          type: 'workspaceWrite',
          writableRoots: [],
          readOnlyAccess: { type: 'fullAccess' },
          networkAccess: false,
          excludeTmpdirEnvVar: false,
          excludeSlashTmp: false,
        };
  return [
    {
      label: 'Read only',
      detail: 'Codex reads files. It asks before it changes any, and before it uses the network.',
      approvalPolicy: 'on-request',
      sandbox: { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false },
    },
    {
      label: 'Workspace',
      detail: 'Codex changes files in this folder and runs commands. It asks for other folders and for the network.',
      approvalPolicy: 'on-request',
      sandbox: workspace,
    },
    {
      label: 'Full access',
      detail: 'Codex does everything that you may do, without asking and without a sandbox.',
      approvalPolicy: 'never',
      sandbox: { type: 'dangerFullAccess' },
    },
  ];
}

/** `/approvals`: what Codex may do from the next turn on. */
export function choosePermissions(state: State, session: Session): Step {
  const all = presets(session);
  const isCurrent = ({ approvalPolicy, sandbox }: Preset) =>
    approvalPolicy === session.approvalPolicy && sandbox.type === session.sandbox.type;
  return step(
    openDialog(state, {
      kind: 'select',
      title: 'What may Codex do?',
      body: [{ text: `Now: approval ${approvalText(session)}, sandbox ${sandboxText(session.sandbox)}`, look: 'dim' }],
      choices: all.map(
        (preset): Choice => ({
          label: preset.label + (isCurrent(preset) ? ' (in force)' : ''),
          detail: preset.detail,
          choose: (chosen) =>
            preset.sandbox.type === 'dangerFullAccess' && !isCurrent(preset)
              ? confirm(chosen, preset)
              : use(chosen, preset),
        }),
      ),
      selected: Math.max(0, all.findIndex(isCurrent)),
      cancel: step,
    }),
  );
}

function confirm(state: State, preset: Preset): Step {
  return step(
    openDialog(state, {
      kind: 'select',
      title: 'Really without a sandbox and without questions?',
      body: [
        {
          text: 'A mistake of the model, or a text that misleads it, can then destroy or give away anything you can reach.',
          look: 'warn',
        },
      ],
      choices: [
        { label: 'No, leave it as it is', key: 'n', choose: step },
        { label: 'Yes, for this session', key: 'y', choose: (chosen) => use(chosen, preset) },
      ],
      selected: 0,
      cancel: step,
    }),
  );
}

function use(state: State, { label, approvalPolicy, sandbox }: Preset): Step {
  const next = setSession(state, { approvalPolicy, sandbox }, 'permissions');
  return step(addCells(next, { kind: 'notice', level: 'info', text: `Permissions from the next turn on: ${label}` }));
}
