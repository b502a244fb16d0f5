import type { ThreadItem } from '@codex/protocol';
import type { OpenItem, TurnScope } from '@codex/timeline';
import { planSplitter, splitPlan } from './plan-text.ts';

type Message = Extract<ThreadItem, { type: 'agentMessage' }>;

/**
 * An assistant message of plan mode: its plan becomes an item of its own, and a message that says nothing else
 * leaves no message item.
 */
export function openPlanMessage(scope: TurnScope, message: Message): OpenItem {
  const planId = `${scope.turnId}-plan`;
  const splitter = planSplitter();
  let spoken: OpenItem | null = null;
  let plan: OpenItem | null = null;
  let done = false;

  const speak = () => (spoken ??= scope.start({ ...message, text: '' }));
  const propose = () => (plan ??= scope.start({ type: 'plan', id: planId, text: '' }));
  const tell = (segments: ReturnType<typeof splitter.push>) => {
    for (const segment of segments) {
      if (segment.kind === 'planStart') propose();
      else if (segment.kind === 'plan') propose().delta({ kind: 'planText', text: segment.text });
      else speak().delta({ kind: 'text', text: segment.text });
    }
  };

  return {
    id: message.id,
    get done() {
      return done;
    },
    delta(delta) {
      if (!done && delta.kind === 'text') tell(splitter.push(delta.text));
    },
    complete(item) {
      if (done || item.type !== 'agentMessage') return;
      done = true;
      tell(splitter.end());
      const whole = splitPlan(item.text);
      if (whole.plan !== null) {
        const open = propose();
        open.complete({ type: 'plan', id: open.id, text: whole.plan });
      } else plan?.abandon();
      if (whole.text || spoken) speak().complete({ ...item, text: whole.text });
    },
    abandon() {
      if (done) return;
      done = true;
      plan?.abandon();
      spoken?.abandon();
    },
  };
}
