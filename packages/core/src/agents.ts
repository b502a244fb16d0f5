import type { Config } from '@codex/config';
import type { AgentPort, CoreDeps } from './ports.ts';
import type { OpenExtras } from './threads.ts';
import type { ClientIdentity, StartOptions, Thread } from './thread-types.ts';

export interface AgentPortDeps {
  threads: ReadonlyMap<string, Thread>;
  openThread(options: StartOptions & OpenExtras): Promise<Thread>;
  deps: CoreDeps;
  parent(): Thread;
  config: Config;
  client: ClientIdentity;
  depth: number;
}

/** A thread's way to the threads its tools open. */
export function createAgentPort(port: AgentPortDeps): AgentPort {
  return {
    depth: port.depth,
    get: (id) => port.threads.get(id),
  };
}
