import { z } from 'zod';
import { lazy } from './lazy.ts';

const integer = (type: string, min: number, max: number) =>
  lazy(() => z.number().int().min(min).max(max).meta({ integer: type }));

/** Integers by the name that error texts give them; 64-bit ones are limited to what JSON numbers hold exactly. */
export const u8 = integer('u8', 0, 0xff);
export const u16 = integer('u16', 0, 0xffff);
export const u32 = integer('u32', 0, 0xffff_ffff);
export const u64 = integer('u64', 0, Number.MAX_SAFE_INTEGER);
export const i32 = integer('i32', -0x8000_0000, 0x7fff_ffff);
export const i64 = integer('i64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

const ABSOLUTE = /^(\/|[A-Za-z]:[\\/]|\\\\)/;

/** A path that does not depend on anybody's working directory. */
export const AbsolutePath = lazy(() =>
  z.string().refine((path) => ABSOLUTE.test(path), { error: 'AbsolutePathBuf deserialized without a base path' }),
);
