import { z } from 'zod';
import { named } from '../lazy.ts';
import { PathText, usize } from '../scalar.ts';

export const ByteRange = named('ByteRange', () => z.object({ start: usize(), end: usize() }));
export type ByteRange = z.infer<ReturnType<typeof ByteRange>>;

export const TextElement = named('TextElement', () =>
  z.object({ byteRange: ByteRange(), placeholder: z.string().nullish() }),
);
export type TextElement = z.infer<ReturnType<typeof TextElement>>;

export const UserInput = named('UserInput', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string(), text_elements: z.array(TextElement()).default([]) }),
    z.object({ type: z.literal('image'), url: z.string() }),
    z.object({ type: z.literal('localImage'), path: PathText() }),
    z.object({ type: z.literal('skill'), name: z.string(), path: PathText() }),
    z.object({ type: z.literal('mention'), name: z.string(), path: z.string() }),
  ]),
);
export type UserInput = z.infer<ReturnType<typeof UserInput>>;
