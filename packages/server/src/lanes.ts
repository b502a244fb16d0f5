/** Keeps the order of jobs that concern the same thing; jobs of different lanes run side by side. */
export interface Lanes {
  /** Null: at once. Settles like the job. */
  run<T>(lane: string | null, job: () => Promise<T>): Promise<T>;
  /** Lanes with jobs in them. */
  readonly size: number;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(lane, job) {
      if (lane === null) return job();
      const before = tails.get(lane);
      const running = before ? before.then(job, job) : job();
      tails.set(lane, running);
      const leave = () => {
        if (tails.get(lane) === running) tails.delete(lane);
      };
      running.then(leave, leave);
      return running;
    },
    get size() {
      return tails.size;
    },
  };
}
