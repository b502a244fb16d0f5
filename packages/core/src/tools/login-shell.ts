import type { Params } from './args.ts';

/** The parameter of tools that run a script; not offered where login shells are switched off. */
export const LOGIN_PARAM = {
  login: { type: 'boolean', description: 'Run it in a login shell. On unless switched off.' },
} as const satisfies Params;

export const LOGIN_REFUSED = 'login shell is disabled by config; omit `login` or set it to false.';
