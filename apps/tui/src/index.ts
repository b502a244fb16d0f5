export type { AppIo } from './io.ts';
export { fork, main, resume } from './main.ts';
