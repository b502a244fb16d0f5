import { resolve } from 'node:path';
import { z } from 'zod';
import { lazy } from './lazy.ts';

const integer = (type: string, min: number, max: number) =>
  lazy(() => z.number().int().min(min).max(max).meta({ integer: type }));

/** Whole numbers beyond 2^53 arrive rounded; clients send the largest value of the type to say "no limit". */
const wideInteger = (type: string, min: number, max: number) =>
  lazy(() => z.number().min(min).max(max).refine(Number.isInteger).meta({ integer: type }));

/** Integers by the name that error texts give them. */
export const u8 = integer('u8', 0, 0xff);
export const u16 = integer('u16', 0, 0xffff);
export const u32 = integer('u32', 0, 0xffff_ffff);
export const i32 = integer('i32', -0x8000_0000, 0x7fff_ffff);
export const u64 = wideInteger('u64', 0, 2 ** 64);
export const i64 = wideInteger('i64', -(2 ** 63), 2 ** 63);
export const usize = wideInteger('usize', 0, 2 ** 64);

/** A path as the client wrote it, absolute or not. */
export const PathText = lazy(() => z.string().meta({ text: 'path string' }));

/** What another system calls absolute would be taken relative to the server's working directory on this one. */
const ABSOLUTE = process.platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//;

/** A path that does not depend on anybody's working directory; decoded without dots and without a slash at its end. */
export const AbsolutePath = lazy(() =>
  z
    .string()
    .refine((path) => ABSOLUTE.test(path), { error: 'AbsolutePathBuf deserialized without a base path', abort: true })
    .overwrite((path) => resolve(path))
    .meta({ text: 'path string' }),
);
