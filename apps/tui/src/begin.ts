import type { Client } from '@codex/app-server-client';
import { findThread } from '@codex/app-server-client';
import { needsLogin } from '@codex/config';
import type { RunArguments } from './arguments.ts';
import { EXIT } from './io.ts';
import { askLogin } from './dialogs/login.ts';
import { askTrust } from './dialogs/trust.ts';
import type { Msg, State, Step } from './model.ts';
import { openPicker } from './overlays/picker.ts';
import type { Settings } from './settings.ts';
import { addCells } from './state.ts';
import { change, step } from './step.ts';
import { openNew, openStored } from './update/open.ts';

/** What comes before the first turn: a login, trust in the folder, and the session. Each goes on to the next. */
export async function begin(
  client: Client,
  args: RunArguments,
  settings: Settings,
  dispatch: (msg: Msg) => void,
): Promise<void> {
  const stored =
    args.target === null
      ? null
      : await findThread(client, args.target, {
          cwd: args.allFolders ? null : settings.cwd,
          provider: settings.thread.modelProvider ?? settings.config.modelProvider,
        });
  const isLoggedOut = needsLogin(settings) && (await client.request('account/read', {})).account === null;
  const { untrusted } = settings;
  const open = (state: State) => openSession(state, args, stored);
  const trust = (state: State) => (untrusted === null ? open(state) : askTrust(state, untrusted, open));
  dispatch(change((state) => (isLoggedOut ? askLogin(state, trust) : trust(state))));
}

function openSession(state: State, { purpose, target, allFolders }: RunArguments, stored: string | null): Step {
  if (purpose === 'new') return step(state, openNew(state));
  const giveUp = { type: 'quit', code: EXIT.failed } as const;
  if (stored !== null) return step(state, openStored(state, purpose, stored, giveUp));
  if (target === null) return openPicker(state, purpose, allFolders);
  if (target.by === 'last') {
    const text = 'There is no earlier session here; this is a new one.';
    return step(addCells(state, { kind: 'notice', level: 'info', text }), openNew(state));
  }
  const text = `No session has the id or name '${target.key}'; codex ${purpose} without one lists them.`;
  return step(addCells(state, { kind: 'notice', level: 'error', text }), giveUp);
}
