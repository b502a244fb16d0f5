import { demo, main } from '../src/index.ts';

const { stdin, stdout, stderr, env } = process;
stdout.on('error', () => {});
const [name, ...args] = process.argv.slice(2);
const code = (name === 'demo' ? demo : main)(args, { stdin, stdout, stderr, env, cwd: process.cwd() });
void code.then((exitCode) => stdout.write('', () => process.exit(exitCode)));
