import { stillThere } from './granted-paths.ts';
import { joinPermissions, NO_PERMISSIONS, type Permissions } from './permissions.ts';

/** Permissions the user granted on request, for one turn or for the rest of the thread's life. */
export interface Grants {
  /** `turnId` null: for the session. */
  add(permissions: Permissions, turnId: string | null): void;
  inForce(turnId: string): Permissions;
}

export function createGrants(): Grants {
  let session = NO_PERMISSIONS;
  let turn = { id: '', permissions: NO_PERMISSIONS };
  const inTurn = (id: string) => (turn.id === id ? turn.permissions : NO_PERMISSIONS);
  return {
    add(permissions, turnId) {
      if (turnId === null) session = joinPermissions(session, permissions);
      else turn = { id: turnId, permissions: joinPermissions(inTurn(turnId), permissions) };
    },
    inForce: (turnId) => stillThere(joinPermissions(session, inTurn(turnId))),
  };
}
