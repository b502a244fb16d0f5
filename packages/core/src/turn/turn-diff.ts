import { createTurnDiff, type PatchFiles } from '@codex/apply-patch';
import type { TurnScope } from '@codex/timeline';
import type { TurnDiffPort } from '../tools/tool.ts';

/** Follows what patches change in a turn and tells the whole diff when it changes; nothing is set up before a patch comes. */
export function turnDiffFor(scope: TurnScope, files: PatchFiles, root: string): TurnDiffPort {
  let diff: ReturnType<typeof createTurnDiff> | undefined;
  return {
    async remember(changes) {
      diff ??= createTurnDiff(files, root);
      await diff.remember(changes);
    },
    async publish() {
      if (diff) scope.diff(await diff.render());
    },
  };
}
