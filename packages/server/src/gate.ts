import { CodexError } from '@codex/base';
import { type ClientMethod, experimentalUse } from '@codex/protocol';
import type { Connection } from './connection.ts';

/** Throws when this connection may not send this request now: before `initialize`, or without the capability (§4, §5). */
export function checkGate(connection: Connection, method: ClientMethod, params: unknown): void {
  const { introduction } = connection;
  if (method === 'initialize') {
    if (introduction) throw new CodexError('invalidRequest', 'Already initialized');
    return;
  }
  if (!introduction) throw new CodexError('invalidRequest', 'Not initialized');
  const use = introduction.experimental ? null : experimentalUse(method, params);
  if (use !== null) throw new CodexError('invalidRequest', `${use} requires experimentalApi capability`);
}
