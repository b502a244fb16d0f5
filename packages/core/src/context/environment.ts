/** Facts about the machine that the model works on (core specification §7.5). */
export interface EnvironmentFacts {
  /** Left out of updates in which it did not change. */
  cwd: string | null;
  shell: string;
  /** Local date, YYYY-MM-DD. */
  currentDate: string;
  /** IANA name. */
  timezone: string;
  /** The hosts an administrator allows and denies; null when there is no such network. */
  network?: { readonly allowed: readonly string[]; readonly denied: readonly string[] } | null;
  /** Open child agents, by id and name. */
  subagents?: readonly { id: string; nickname: string }[];
}

export function environmentText(facts: EnvironmentFacts): string {
  const lines = [
    facts.cwd === null ? '' : `  <cwd>${facts.cwd}</cwd>`,
    `  <shell>${facts.shell}</shell>`,
    `  <current_date>${facts.currentDate}</current_date>`,
    `  <timezone>${facts.timezone}</timezone>`,
    ...(facts.network ? networkLines(facts.network) : []),
    ...(facts.subagents?.length
      ? ['  <subagents>', ...facts.subagents.map((agent) => `    - ${agent.id}: ${agent.nickname}`), '  </subagents>']
      : []),
  ];
  return `<environment_context>\n${lines.filter(Boolean).join('\n')}\n</environment_context>`;
}

function networkLines({ allowed, denied }: { allowed: readonly string[]; denied: readonly string[] }): string[] {
  return [
    '  <network enabled="true">',
    ...allowed.map((host) => `    <allowed>${host}</allowed>`),
    ...denied.map((host) => `    <denied>${host}</denied>`),
    '  </network>',
  ];
}

export function localDate(now: number): string {
  const date = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
