export type { AppIo, AppMain } from './io.ts';
export { main, VERSION } from './multitool.ts';
