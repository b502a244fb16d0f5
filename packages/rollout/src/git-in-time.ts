import type { Clock, Logger } from '@codex/base';
import type { GitFields } from './wire-forms.ts';

/** How long a header waits for git, in milliseconds. */
const PATIENCE = 500;

/** What git says, or null when it fails or takes too long. */
export async function gitInTime(from: {
  gitInfo(): Promise<GitFields | null>;
  clock: Pick<Clock, 'timer'>;
  log: Logger;
}): Promise<GitFields | null> {
  let stop = () => {};
  const late = new Promise<null>((resolve) => {
    stop = from.clock.timer(PATIENCE, () => resolve(null));
  });
  try {
    return await Promise.race([from.gitInfo(), late]);
  } catch (error) {
    from.log.debug({ error }, 'no git information for the rollout');
    return null;
  } finally {
    stop();
  }
}
