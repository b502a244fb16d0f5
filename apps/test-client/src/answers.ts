import { createInterface, type Interface } from 'node:readline';
import { type OnQuestion, RpcError } from '@codex/app-server-client';
import type { ServerRequestMethod, ServerRequestParams } from '@codex/protocol';
import type { Approve } from './arguments.ts';
import type { AppIo } from './io.ts';

type Decision = Exclude<Approve, 'ask'>;

/** Answers what the server asks, by the given rule or by the human at stdin. */
export function createAnswers(rule: Approve, io: AppIo): { onQuestion: OnQuestion; close(): void } {
  let input: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  /** One question at a time. */
  let turn: Promise<unknown> = Promise.resolve();

  /** An end of input counts as no answer. */
  const readLine = (question: string): Promise<string> => {
    const asked = turn.then(async () => {
      input ??= createInterface({ input: io.stdin });
      lines ??= input[Symbol.asyncIterator]();
      io.stderr.write(question);
      const line = await lines.next();
      return line.done ? '' : line.value.trim();
    });
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
    close: () => input?.close(),
  };
}
