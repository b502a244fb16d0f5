import path from 'node:path';
import {
  applyChanges,
  type FoundPatch as AnyPatch,
  GRAMMAR,
  parsePatch,
  planPatch,
  type PlannedChange,
  toFileChanges,
} from '@codex/apply-patch';
import type { ThreadItem } from '@codex/protocol';
import { isWritable, realTarget, resolvePolicy } from '@codex/sandbox';
import type { OpenItem } from '@codex/timeline';
import { askUser, type Reply } from '../approval/ask-user.ts';
import { decidePatch } from '../approval/decide-patch.ts';
import { makeMissing } from '../approval/granted-paths.ts';
import { isInside, widen } from '../approval/permissions.ts';
import { fileKey } from '../approval/remember.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import {
  functionSpec,
  type SpecContext,
  text,
  type Tool,
  type ToolCall,
  type ToolResult,
  type TurnContextForTools,
} from './tool.ts';

const PARAMS = {
  input: { type: 'string', description: 'The whole patch.', required: true },
} as const satisfies Params;

const DESCRIPTION =
  'Changes files by a patch. Give the patch itself, from its begin line to its end line; it may add, delete, update and move any number of files.';

const REJECTED = 'patch rejected by user';

type FileItem = Extract<ThreadItem, { type: 'fileChange' }>;
type FoundPatch = Exclude<AnyPatch, { kind: 'none' }>;
/** `verified`: it could be applied to the files as they were, whether or not it then was. */
type PatchOutcome = ToolResult & { output: string; verified: boolean; applied: boolean };

/** The names of the `shell` tool; it answers in JSON to models that have no patch tool (core specification §11.2). */
export const SHELL_TOOL_NAMES: readonly string[] = ['shell', 'container.exec', 'local_shell'];

/** `apply_patch`, as free text or as a function (core specification §12). */
export const applyPatchTool: Tool = {
  names: ['apply_patch'],
  parallel: false,
  spec(context) {
    const kind = patchToolKind(context);
    if (kind === null) return null;
    if (kind === 'function') return functionSpec('apply_patch', DESCRIPTION, parametersSchema(PARAMS));
    return {
      type: 'custom',
      name: 'apply_patch',
      description: DESCRIPTION,
      format: { type: 'grammar', syntax: 'lark', definition: GRAMMAR },
    };
  },
  async run(call, context) {
    let patch = call.input;
    if (call.kind === 'function') {
      const args = decodeArgs(call.input, PARAMS);
      if (!args.ok) return text(args.error);
      patch = args.value.input;
    }
    const outcome = await runPatch(call.callId, patch, context.settings.cwd, context);
    return outcome.applied ? { ...outcome, output: appliedText(outcome.output) } : outcome;
  },
};

/** In which form the tool is offered to a model, if at all. */
export function patchToolKind({
  model,
  config,
}: Pick<SpecContext, 'model' | 'config'>): 'freeform' | 'function' | null {
  return model.applyPatchToolType ?? (config.features['apply_patch_freeform'] ? 'freeform' : null);
}

/** A patch that came as a shell command: applied like any other, with a hint to the model to use the tool. */
export async function runShellPatch(
  call: ToolCall,
  context: TurnContextForTools,
  found: FoundPatch,
  cwd: string,
  tool: string,
): Promise<PatchOutcome> {
  if (found.kind === 'implicit') {
    return {
      output:
        'apply_patch verification failed: patch detected without explicit call to apply_patch. Rerun as ["apply_patch", "<patch>"]',
      verified: false,
      applied: false,
    };
  }
  const outcome = await runPatch(call.callId, found.patch, path.resolve(cwd, found.workdir ?? ''), context);
  if (!outcome.verified) return outcome;
  const hint = `Warning: apply_patch was requested via ${tool}. Use the apply_patch tool instead of exec_command.`;
  const asText = SHELL_TOOL_NAMES.includes(tool) && patchToolKind(context) !== null;
  const applied = asText
    ? appliedText(outcome.output)
    : JSON.stringify({ output: outcome.output, metadata: { exit_code: 0, duration_seconds: 0 } });
  return {
    ...outcome,
    ...(outcome.applied ? { output: applied } : {}),
    before: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: hint }] }],
  };
}

function appliedText(report: string): string {
  return `Exit code: 0\nWall time: 0 seconds\nOutput:\n${report}`;
}

/** The output is the bare report of the files when the patch was applied, else what stood in the way. */
async function runPatch(
  callId: string,
  patchText: string,
  cwd: string,
  context: TurnContextForTools,
): Promise<PatchOutcome> {
  const { scope, settings, session, signal, turnDiff } = context;
  const unfit = (message: string): PatchOutcome => ({
    output: `apply_patch verification failed: ${message}`,
    verified: false,
    applied: false,
  });
  const refused = (output: string, stopTurn = false): PatchOutcome => ({
    ...{ output, stopTurn },
    ...{ verified: true, applied: false },
  });
  const parsed = parsePatch(patchText);
  if (!parsed.ok) return unfit(parsed.error.message);
  const { files } = session;
  const plan = await planPatch(parsed.patch, cwd, files, signal);
  if (!plan.ok) return unfit(plan.error.message);
  const { changes } = plan;
  if (!changes.length) return refused('patch rejected: empty patch');

  const paths = touchedPaths(changes);
  const inPlace = { policy: settings.sandboxPolicy, cwd: settings.cwd };
  const granted = session.grants.inForce(scope.turnId);
  const touched = paths.map((file) => realTarget(file) ?? file);
  await makeMissing(
    granted.write.filter((grant) => touched.some((file) => isInside(file, [grant]))),
    files,
    session.log,
  );
  const wide = widen(inPlace, granted);
  const policy = resolvePolicy(wide.policy, wide.cwd, session.env);
  const decision = decidePatch({
    approvalPolicy: settings.approvalPolicy,
    sandboxPolicy: settings.sandboxPolicy,
    insideRoots: paths.every((file) => isWritable(policy, file)),
    remembered: paths.every((file) => session.approvals.has(fileKey(file))),
  });
  if (decision.kind === 'refuse') return refused(decision.reason);

  const item: FileItem = {
    type: 'fileChange',
    id: callId,
    changes: await toFileChanges(changes),
    status: 'inProgress',
  };
  const open = scope.start(item);
  if (decision.kind === 'ask') {
    const reply = await askUser(context, 'item/fileChange/requestApproval', {
      itemId: open.id,
      reason: null,
      grantRoot: null,
    });
    const answer = readReply(reply);
    if (answer.kind === 'no') {
      open.complete({ ...item, status: reply.kind === 'failed' ? 'failed' : 'declined' });
      return refused(answer.reason, answer.stopTurn);
    }
    if (answer.forSession) for (const file of paths) session.approvals.remember(fileKey(file));
  }
  return applyAndReport(open, item, changes, context);

  async function applyAndReport(
    opened: OpenItem,
    fileItem: FileItem,
    planned: readonly PlannedChange[],
    { signal: stop }: TurnContextForTools,
  ): Promise<PatchOutcome> {
    await turnDiff.remember(planned);
    const report = await applyChanges(planned, files, stop);
    if (report.stdout) opened.delta({ kind: 'fileOutput', text: report.stdout });
    opened.complete({ ...fileItem, status: report.ok ? 'completed' : 'failed' });
    await turnDiff.publish();
    return report.ok
      ? { output: report.stdout, verified: true, applied: true }
      : refused(`${report.stdout}${report.stderr}`);
  }
}

type Answered = { kind: 'yes'; forSession: boolean } | { kind: 'no'; reason: string; stopTurn: boolean };

function readReply(reply: Reply<'item/fileChange/requestApproval'>): Answered {
  switch (reply.kind) {
    case 'unanswered':
      return {
        kind: 'no',
        reason: `patch rejected: nobody answered within ${reply.ms} ms`,
        stopTurn: reply.stopTurn,
      };
    case 'failed':
    case 'unclear':
      return { kind: 'no', reason: REJECTED, stopTurn: false };
    case 'answered': {
      const { decision } = reply.result;
      if (decision === 'accept' || decision === 'acceptForSession') {
        return { kind: 'yes', forSession: decision === 'acceptForSession' };
      }
      return { kind: 'no', reason: REJECTED, stopTurn: decision === 'cancel' };
    }
  }
}

function touchedPaths(changes: readonly PlannedChange[]): string[] {
  return changes.flatMap((change) =>
    change.kind === 'update' && change.moveTo !== null ? [change.path, change.moveTo] : [change.path],
  );
}
