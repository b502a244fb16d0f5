export type { AppIo, AppMain } from './io.ts';
export { main } from './multitool.ts';
export { VERSION } from './version.ts';
