import { unreachable } from '@codex/base';
import type { AskForApproval, SandboxPolicy } from '@codex/protocol';

export interface PermissionFacts {
  approvalPolicy: AskForApproval;
  sandboxPolicy: SandboxPolicy;
  /** Absolute folders a confined command may write, cwd included; used for workspace-write only. */
  writableRoots: readonly string[];
  /** Command prefixes that rules allow, a line each; null without any. */
  approvedPrefixes: string | null;
}

/** Tells the model what it may do unasked and how to ask for more (core specification §7.3). */
export function permissionsText(facts: PermissionFacts): string {
  const parts = [sandboxText(facts), approvalText(facts.approvalPolicy), prefixesText(facts.approvedPrefixes)];
  return `<permissions instructions>\n${parts.filter(Boolean).join('\n')}\n</permissions instructions>`;
}

function sandboxText({ sandboxPolicy, writableRoots }: PermissionFacts): string {
  switch (sandboxPolicy.type) {
    case 'dangerFullAccess':
      return 'Commands run without a sandbox: `sandbox_mode` is `danger-full-access`. They can read and change every file the user can. Network access is enabled.';
    case 'externalSandbox':
      return `Commands run in an environment that is confined from outside: \`sandbox_mode\` is \`danger-full-access\`. ${networkText(sandboxPolicy.networkAccess === 'enabled')}`;
    case 'readOnly':
      return `Commands run in a sandbox: \`sandbox_mode\` is \`read-only\`. They can read files and cannot change any. ${networkText(sandboxPolicy.networkAccess)}`;
    case 'workspaceWrite':
      return `Commands run in a sandbox: \`sandbox_mode\` is \`workspace-write\`. They can read files and change those below the current folder and the writable roots. ${networkText(sandboxPolicy.networkAccess)}${rootsText(writableRoots)}`;
    default:
      return unreachable(sandboxPolicy);
  }
}

function networkText(enabled: boolean): string {
  return enabled ? 'Network access is enabled.' : 'Network access is restricted.';
}

function rootsText(roots: readonly string[]): string {
  const names = roots.map((root) => `\`${root}\``);
  if (!names.length) return '';
  return names.length === 1 ? ` The writable root is ${names[0]}.` : ` The writable roots are ${names.join(', ')}.`;
}

const ASKING = `To run a command outside the sandbox, set \`sandbox_permissions\` to \`require_escalated\` and give in \`justification\` one short question to the user that says what the command is for. Add \`prefix_rule\` when the same kind of command will come again: the first words of the command that the user could allow for good. Keep such a prefix narrow: never a bare interpreter, shell, \`sudo\`, \`env\` or \`git\`, and never a destructive command.
Ask when a command that matters fails because of the sandbox or lacks the network, when it has to write outside the writable roots, or when it opens a window for the user. Do not work around the sandbox. A script is judged piece by piece, cut at \`&&\`, \`||\`, \`;\` and \`|\`; every piece has to be allowed.`;

function approvalText(policy: AskForApproval): string {
  switch (policy) {
    case 'never':
      return 'Approval policy is `never`: nobody can be asked. A command that asks for more rights is rejected, so do not set `sandbox_permissions`; find a way within the rules or say what stands in the way.';
    case 'untrusted':
      return 'Approval policy is `untrusted`: the user is asked before every command that is not known to only read. Prefer such commands where they do.';
    case 'on-failure':
      return 'Approval policy is `on-failure`: commands run in the sandbox first; when one fails because of it, the user is asked whether it may run without.';
    case 'on-request':
      return `Approval policy is \`on-request\`: commands run in the sandbox unless you ask for more.\n${ASKING}`;
    default:
      return granularText(policy.granular);
  }
}

type Granular = Extract<AskForApproval, object>['granular'];

function granularText(granular: Granular): string {
  const names: [keyof Granular, string][] = [
    ['sandbox_approval', 'commands that need more than the sandbox allows'],
    ['rules', 'commands that a rule wants asked'],
    ['skill_approval', 'scripts of skills'],
    ['request_permissions', 'requests for permissions'],
    ['mcp_elicitations', 'questions of MCP servers'],
  ];
  const asked = names.filter(([key]) => granular[key]).map(([, name]) => name);
  const refused = names.filter(([key]) => !granular[key]).map(([, name]) => name);
  const lines = [
    'Approval policy is `granular`.',
    asked.length ? `The user is asked about: ${asked.join('; ')}.` : '',
    refused.length ? `Rejected without asking: ${refused.join('; ')}.` : '',
    granular.sandbox_approval ? ASKING : '',
  ];
  return lines.filter(Boolean).join('\n');
}

function prefixesText(prefixes: string | null): string {
  if (prefixes === null) return '';
  return `## Approved command prefixes\nCommands that begin with one of these run outside the sandbox without asking:\n${prefixes}`;
}
