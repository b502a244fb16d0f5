import { createInterface, type Interface } from 'node:readline';
import { type OnQuestion, RpcError } from '@codex/app-server-client';
import type { ServerRequestMethod, ServerRequestParams } from '@codex/protocol';
import type { Approve } from './arguments.ts';
import type { AppIo } from './io.ts';

type Decision = Exclude<Approve, 'ask'>;

/** Answers what the server asks, by the given rule or by the human at stdin. */
export function createAnswers(rule: Approve, io: AppIo): { onQuestion: OnQuestion; close(): void } {
  let lines: Interface | undefined;
  /** One question at a time; an end of input counts as no answer. */
  let turn: Promise<unknown> = Promise.resolve();

  const readLine = (question: string): Promise<string> => {
    const asked = turn.then(
      () =>
        new Promise<string>((resolve) => {
          lines ??= createInterface({ input: io.stdin });
          io.stderr.write(question);
          const done = (line: string) => {
            lines?.off('close', end);
            resolve(line.trim());
          };
          const end = () => done('');
          lines.once('line', done);
          lines.once('close', end);
        }),
    );
    turn = asked;
    return asked;
  };

  const decide = async (about: string): Promise<Decision> => {
    if (rule !== 'ask') return rule;
    const answer = await readLine(`? ${about} - [a]ccept, [d]ecline, [c]ancel: `);
    return answer.startsWith('a') ? 'accept' : answer.startsWith('c') ? 'cancel' : 'decline';
  };

  const answer = async (method: ServerRequestMethod, params: unknown): Promise<unknown> => {
    switch (method) {
      case 'item/commandExecution/requestApproval':
        return { decision: await decide(`run ${(params as ServerRequestParams<typeof method>).command ?? '?'}`) };
      case 'item/fileChange/requestApproval':
        return { decision: await decide('change files') };
      case 'mcpServer/elicitation/request':
        return { action: await decide((params as ServerRequestParams<typeof method>).message) };
      case 'item/permissions/requestApproval': {
        const { permissions, reason } = params as ServerRequestParams<typeof method>;
        const decision = await decide(`grant permissions${reason === null ? '' : `: ${reason}`}`);
        return { permissions: decision === 'accept' ? permissions : {}, scope: 'turn' };
      }
      case 'item/tool/requestUserInput': {
        const { questions } = params as ServerRequestParams<typeof method>;
        const answers: Record<string, { answers: string[] }> = {};
        for (const { id, question } of questions) {
          answers[id] = { answers: rule === 'ask' ? [await readLine(`? ${question} `)] : [] };
        }
        return { answers };
      }
      default:
        throw new RpcError({ code: -32600, message: `the test client does not answer ${method}` });
    }
  };

  return {
    onQuestion: (method, params) => answer(method, params) as Promise<never>,
    close: () => lines?.close(),
  };
}
