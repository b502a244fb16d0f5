import { toMessage } from '@codex/base';
import { wordsOfUser } from '../context/compact.ts';
import type { TurnRun } from './turn-run.ts';

/** The program of `notify` learns of every completed turn, with all the user has said in the thread (core specification §20.1). */
export function notify(run: TurnRun, lastMessage: string | null): void {
  const { config, session, settings } = run;
  if (!config.notify?.length) return;
  const payload = JSON.stringify({
    type: 'agent-turn-complete',
    'thread-id': session.header.id,
    'turn-id': run.turnId,
    cwd: settings.cwd,
    ...(run.clientName === null ? {} : { client: run.clientName }),
    'input-messages': wordsOfUser(run.timeline.context.items),
    'last-assistant-message': lastMessage,
  });
  const env = Object.fromEntries(
    Object.entries(session.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  session.runner
    .run(
      { argv: [...config.notify, payload], cwd: settings.cwd, env, policy: { type: 'dangerFullAccess' } },
      { timeoutMs: 60_000, maxBytes: 4096 },
    )
    .catch((error: unknown) => session.log.warn({ err: toMessage(error) }, 'the notify program could not be run'));
}
