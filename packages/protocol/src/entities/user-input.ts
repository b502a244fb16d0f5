import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { u64 } from '../scalar.ts';

export const ByteRange = lazy(() => z.object({ end: u64(), start: u64() }));
export type ByteRange = z.infer<ReturnType<typeof ByteRange>>;

export const TextElement = lazy(() => z.object({ byteRange: ByteRange(), placeholder: z.string().nullish() }));
export type TextElement = z.infer<ReturnType<typeof TextElement>>;

export const UserInput = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string(), text_elements: z.array(TextElement()).default([]) }),
    z.object({ type: z.literal('image'), url: z.string() }),
    z.object({ type: z.literal('localImage'), path: z.string() }),
    z.object({ type: z.literal('skill'), name: z.string(), path: z.string() }),
    z.object({ type: z.literal('mention'), name: z.string(), path: z.string() }),
  ]),
);
export type UserInput = z.infer<ReturnType<typeof UserInput>>;
