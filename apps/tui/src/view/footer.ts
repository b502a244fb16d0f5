import type { Look } from '../cells/look.ts';
import type { State } from '../model.ts';
import { contextLeft, shortCount } from '../text/amounts.ts';
import { homely } from '../text/path.ts';
import { plainLine } from '../text/plain.ts';
import { fit } from '../text/wrap.ts';
import { terminals } from '../update/status.ts';
import { type Frame, still } from './frame.ts';

/** The line under the composer: settings and what is left, or what a key will do. */
export function drawFooter(state: State, { width, theme }: Look): Frame {
  const { session, usage, place } = state;
  if (state.popup) return still([]);
  if (state.hint !== null) return still([fit(theme.warn(`  ${plainLine(state.hint)}`), width)]);
  if (!session) return still([fit(theme.dim(`  ${homely(place.cwd, place.userHome)}`), width)]);
  const left = usage ? contextLeft(usage.last.totalTokens, usage.modelContextWindow) : null;
  const background = terminals(state).length;
  const parts = [
    ...(session.mode === 'plan' ? [theme.special('plan mode')] : []),
    ...(session.sandbox.type === 'dangerFullAccess' ? [theme.bad('no sandbox')] : []),
    plainLine(session.model) + (session.effort === null ? '' : ` ${session.effort}`),
    ...(left === null ? [] : [`${left}% of context left`]),
    ...(usage && usage.total.totalTokens > 0 ? [`${shortCount(usage.total.totalTokens)} tokens`] : []),
    ...(background > 0 ? [`${background} in the background`] : []),
    ...(session.name === null ? [] : [plainLine(session.name)]),
    homely(session.cwd, place.userHome),
  ];
  return still([fit(theme.dim(`  ${parts.join(' · ')}`), width)]);
}
