import { z } from 'zod';
import { Turn } from './turn.ts';
import { named } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const GitInfo = named('GitInfo', () =>
  z.object({ sha: z.string().nullable(), branch: z.string().nullable(), originUrl: z.string().nullable() }),
);
export type GitInfo = z.infer<ReturnType<typeof GitInfo>>;

export const SubAgentSource = named('SubAgentSource', () =>
  z.union([
    z.enum(['review', 'compact', 'memory_consolidation']),
    z.object({
      thread_spawn: z.object({
        parent_thread_id: z.string(),
        depth: i32(),
        agent_nickname: z.string().nullable(),
        agent_role: z.string().nullable(),
      }),
    }),
    z.object({ other: z.string() }),
  ]),
);
export type SubAgentSource = z.infer<ReturnType<typeof SubAgentSource>>;

export const SessionSource = named('SessionSource', () =>
  z.union([z.enum(['cli', 'vscode', 'exec', 'appServer', 'unknown']), z.object({ subAgent: SubAgentSource() })]),
);
export type SessionSource = z.infer<ReturnType<typeof SessionSource>>;

export const ThreadActiveFlag = named('ThreadActiveFlag', () => z.enum(['waitingOnApproval', 'waitingOnUserInput']));
export type ThreadActiveFlag = z.infer<ReturnType<typeof ThreadActiveFlag>>;

export const ThreadStatus = named('ThreadStatus', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('notLoaded') }),
    z.object({ type: z.literal('idle') }),
    z.object({ type: z.literal('systemError') }),
    z.object({ type: z.literal('active'), activeFlags: z.array(ThreadActiveFlag()) }),
  ]),
);
export type ThreadStatus = z.infer<ReturnType<typeof ThreadStatus>>;

export const Thread = named('Thread', () =>
  z.object({
    id: z.string(),
    preview: z.string(),
    ephemeral: z.boolean(),
    modelProvider: z.string(),
    createdAt: i64(),
    updatedAt: i64(),
    status: ThreadStatus(),
    path: z.string().nullable(),
    cwd: z.string(),
    cliVersion: z.string(),
    source: SessionSource(),
    agentNickname: z.string().nullable(),
    agentRole: z.string().nullable(),
    gitInfo: GitInfo().nullable(),
    name: z.string().nullable(),
    turns: z.array(Turn()),
  }),
);
export type Thread = z.infer<ReturnType<typeof Thread>>;
