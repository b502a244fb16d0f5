import type { TurnScope } from '@codex/timeline';
import type { TurnRun } from './turn-run.ts';

/** Tells user and model, once per turn, that another model answers (core specification §3.4). */
export function tellReroute({ settings, timeline }: TurnRun, scope: TurnScope, model: string): void {
  if (!scope.rerouted(settings.model, model)) return;
  const message = `The provider answers with ${model} in place of ${settings.model}.`;
  timeline.notice('warning', message);
  scope.appendContext([
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: `Warning: ${message}` }] },
  ]);
}
