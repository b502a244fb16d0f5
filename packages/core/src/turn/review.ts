import type { ResponseItem, ThreadItem, TurnError, UserInput } from '@codex/protocol';
import type { OpenItem, Stamped, TurnScope } from '@codex/timeline';
import { readReview, renderReview } from '../review/output.ts';
import type { ReviewRequest, Thread } from '../thread-types.ts';
import type { LoopEnd } from './model-loop.ts';
import type { TurnRun } from './turn-run.ts';

const NOTHING_SAID = 'Reviewer failed to output a response.';
const INTERRUPTED = 'Review was interrupted. Please re-run /review and wait for it to complete.';
/** Where later turns find the findings. */
const ANSWER_ID = 'review_rollout_assistant';

/**
 * A review as one turn: a reviewer that knows nothing of the conversation looks at the code in a thread of its own that
 * nobody sees; what it runs and finds is told here (core specification §19.1). Rejects with the abort reason.
 */
export async function review(run: TurnRun, scope: TurnScope, { prompt, hint }: ReviewRequest): Promise<LoopEnd> {
  const { turnId, session, config, settings, signal } = run;
  scope.add({ type: 'enteredReviewMode', id: turnId, review: hint });
  scope.add({ type: 'userMessage', id: session.ids.uuid(), content: textInput(prompt) });
  const reviewer = await session.agents.openReviewer(config, settings);
  try {
    const outcome = await watchReviewer(reviewer, textInput(prompt), scope, signal);
    if (outcome.error) {
      conclude(run, scope, NOTHING_SAID);
      return { error: outcome.error, lastMessage: null };
    }
    const text = outcome.text === null ? '' : renderReview(readReview(outcome.text));
    conclude(run, scope, text || NOTHING_SAID);
    return { error: null, lastMessage: text || null };
  } catch (error) {
    conclude(run, scope, INTERRUPTED);
    throw error;
  } finally {
    await reviewer.close();
  }
}

/** Tells the result to the user, and to the model of later turns. */
function conclude({ turnId }: TurnRun, scope: TurnScope, text: string): void {
  scope.add({ type: 'exitedReviewMode', id: turnId, review: text });
  scope.appendContext(resultForModel(text));
  scope.add({ type: 'agentMessage', id: ANSWER_ID, text, phase: null });
}

function resultForModel(text: string): ResponseItem[] {
  const action = `<user_action>
  <context>The user asked for a code review, which another agent made. If the user picks findings, work on these.</context>
  <action>review</action>
  <results>
${text}
  </results>
</user_action>`;
  return [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: action }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
  ];
}

/** Runs the reviewer's one turn. What it does becomes items of this turn; what it says comes back. */
async function watchReviewer(
  reviewer: Thread,
  input: UserInput[],
  scope: TurnScope,
  signal: AbortSignal,
): Promise<{ text: string | null; error: TurnError | null }> {
  const open = new Map<string, OpenItem>();
  let text: string | null = null;
  const { turn, run } = reviewer.prepareTurn({ input });
  const ended = new Promise<TurnError | null>((resolve) => {
    reviewer.subscribe(({ event, turnId }: Stamped) => {
      switch (event.type) {
        case 'item.started':
          if (isWork(event.item)) open.set(event.item.id, scope.start(event.item));
          return;
        case 'item.delta':
          open.get(event.itemId)?.delta(event.delta);
          return;
        case 'item.completed':
          if (event.item.type === 'agentMessage') text = event.item.text;
          else if (isWork(event.item)) open.get(event.item.id)?.complete(event.item);
          return;
        case 'turn.ended':
          if (turnId === turn.id) resolve(event.status === 'failed' ? event.error : null);
          return;
        default:
          return;
      }
    });
  });
  const stop = () => void reviewer.interrupt().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    run();
    if (signal.aborted) stop();
    const error = await ended;
    signal.throwIfAborted();
    return { text, error };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Of a reviewer one sees what it does, not what it thinks and says on the way. */
function isWork({ type }: ThreadItem): boolean {
  return type === 'commandExecution' || type === 'fileChange' || type === 'mcpToolCall' || type === 'imageView';
}

function textInput(text: string): UserInput[] {
  return [{ type: 'text', text, text_elements: [] }];
}
