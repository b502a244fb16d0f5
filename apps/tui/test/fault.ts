import { guardTerminal } from '../src/guard.ts';
import { createTerminal } from '../src/terminal.ts';

/** A program that takes the terminal and then fails, in the way its argument says. */
const { stdin, stdout, stderr, env } = process;
const terminal = createTerminal({ stdin, stdout, stderr, env, cwd: '/' });
guardTerminal(terminal, () => {});
terminal.start({ input: () => {}, resized: () => {}, closed: () => {} });
terminal.enterAlternate();
terminal.write('ready');
stdin.once('data', () => {
  if (process.argv[2] === 'exit') process.exit(3);
  if (process.argv[2] === 'rejection') void Promise.reject(new Error('boom'));
  else throw new Error('boom');
});
