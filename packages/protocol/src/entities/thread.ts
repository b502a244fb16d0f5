import { z } from 'zod';
import { Turn } from './turn.ts';
import { lazy } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const GitInfo = lazy(() =>
  z.object({ branch: z.string().nullable(), originUrl: z.string().nullable(), sha: z.string().nullable() }),
);
export type GitInfo = z.infer<ReturnType<typeof GitInfo>>;

export const SubAgentSource = lazy(() =>
  z.union([
    z.enum(['review', 'compact', 'memory_consolidation']),
    z.object({
      thread_spawn: z.object({
        agent_nickname: z.string().nullable(),
        agent_role: z.string().nullable(),
        depth: i32(),
        parent_thread_id: z.string(),
      }),
    }),
    z.object({ other: z.string() }),
  ]),
);
export type SubAgentSource = z.infer<ReturnType<typeof SubAgentSource>>;

export const SessionSource = lazy(() =>
  z.union([z.enum(['cli', 'vscode', 'exec', 'appServer', 'unknown']), z.object({ subAgent: SubAgentSource() })]),
);
export type SessionSource = z.infer<ReturnType<typeof SessionSource>>;

export const ThreadActiveFlag = lazy(() => z.enum(['waitingOnApproval', 'waitingOnUserInput']));
export type ThreadActiveFlag = z.infer<ReturnType<typeof ThreadActiveFlag>>;

export const ThreadStatus = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('notLoaded') }),
    z.object({ type: z.literal('idle') }),
    z.object({ type: z.literal('systemError') }),
    z.object({ type: z.literal('active'), activeFlags: z.array(ThreadActiveFlag()) }),
  ]),
);
export type ThreadStatus = z.infer<ReturnType<typeof ThreadStatus>>;

export const Thread = lazy(() =>
  z.object({
    agentNickname: z.string().nullable(),
    agentRole: z.string().nullable(),
    cliVersion: z.string(),
    createdAt: i64(),
    cwd: z.string(),
    ephemeral: z.boolean(),
    gitInfo: GitInfo().nullable(),
    id: z.string(),
    modelProvider: z.string(),
    name: z.string().nullable(),
    path: z.string().nullable(),
    preview: z.string(),
    source: SessionSource(),
    status: ThreadStatus(),
    turns: z.array(Turn()),
    updatedAt: i64(),
  }),
);
export type Thread = z.infer<ReturnType<typeof Thread>>;
