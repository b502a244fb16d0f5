import type { Clock } from '@codex/base';
import type { OnOutput, Runner } from '@codex/sandbox';

/** A reader that has stopped reading slows commands down; it does not stop them. */
const HOLD_MS = 1000;

/**
 * A runner whose commands are read only as fast as clients read what comes of it: `backlog` gives a promise while
 * messages wait for a client. Without it a command that prints faster than a client reads would fill its queue until it
 * is cut off.
 */
export function pacedRunner(runner: Runner, backlog: () => Promise<unknown> | undefined, clock: Clock): Runner {
  const paced = <Options extends { onOutput?: OnOutput | undefined }>(options: Options): Options => {
    const { onOutput } = options;
    if (!onOutput) return options;
    return {
      ...options,
      onOutput(stream, chunk) {
        const heard = onOutput(stream, chunk);
        const waiting = backlog();
        if (!waiting) return heard;
        const pause = atMost(waiting, clock);
        return heard ? Promise.all([heard, pause]).then(() => {}) : pause;
      },
    };
  };
  return {
    prepare: () => runner.prepare(),
    run: (spec, options) => runner.run(spec, options && paced(options)),
    open: (spec, options) => runner.open(spec, paced(options)),
    support: () => runner.support(),
    close: () => runner.close(),
  };
}

function atMost(waiting: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.timer(HOLD_MS, resolve);
    void waiting.finally(() => {
      cancel();
      resolve();
    });
  });
}
