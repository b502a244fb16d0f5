export { type AppIo, main } from './main.ts';
