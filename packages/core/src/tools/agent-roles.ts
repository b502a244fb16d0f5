import type { Config } from '@codex/config';

/** The kinds of agents that are always there. */
const BUILT_IN: Readonly<Record<string, string>> = {
  default: 'an agent like you',
  explorer: 'for quick questions about the code',
  worker: 'carries work out',
};

type Agents = Pick<Config, 'agents'>;

/** Whether a model may ask for this kind of agent: ours, or one of `[agents.<name>]` (core specification §13.4). */
export function isRole(name: string, { agents }: Agents): boolean {
  return Object.hasOwn(BUILT_IN, name) || Object.hasOwn(agents.roles, name);
}

/** All kinds with what they are for, as the model reads it. The user's own word about a built-in one counts. */
export function describeRoles({ agents }: Agents): string {
  const own = Object.entries(agents.roles).map(([name, { description }]) => [name, description ?? ''] as const);
  return Object.entries({ ...BUILT_IN, ...Object.fromEntries(own) })
    .map(([name, purpose]) => (purpose ? `${name} (${purpose})` : name))
    .join(', ');
}
