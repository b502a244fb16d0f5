import { main } from '../src/index.ts';

const { stdin, stdout, stderr, env } = process;
stdout.on('error', () => {});
const code = main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd() });
void code.then((exitCode) => stdout.write('', () => process.exit(exitCode)));
