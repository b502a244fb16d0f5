import { badInput } from './bad-input.mjs';
import { commands } from './commands.mjs';
import { crash } from './crash.mjs';
import { faults } from './faults.mjs';
import { interrupts } from './interrupts.mjs';
import { login } from './login.mjs';
import { mcp } from './mcp.mjs';
import { model } from './model.mjs';
import { mutations } from './mutations.mjs';
import { replay } from './replay.mjs';
import { together } from './together.mjs';

/** Every check by name: what it is about, its sizes, and `run(world, size)`, which resolves to { figures, violations }. */
export const CHECKS = {
  ...{ crash, mutations, together, replay, commands, interrupts, 'bad-input': badInput },
  ...{ mcp, model, faults, login },
};
