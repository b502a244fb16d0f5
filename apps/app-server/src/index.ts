export type { AppIo } from './io.ts';
export { main } from './main.ts';
