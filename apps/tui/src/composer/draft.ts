import { countChars } from '../text/amounts.ts';
import { type Buffer, bufferOf, EMPTY, insert, replace } from './buffer.ts';

/** Something that stands in the text by a name of its own: a long paste, or an image. */
export type Attachment =
  | { kind: 'paste'; label: string; text: string }
  | { kind: 'image'; label: string; path: string };

/** A message being written. */
export interface Draft {
  readonly buffer: Buffer;
  readonly attachments: readonly Attachment[];
}

/** What is sent: text in which pastes are written out, and images. */
export interface Message {
  readonly text: string;
  readonly images: readonly string[];
}

export const EMPTY_DRAFT: Draft = { buffer: EMPTY, attachments: [] };

/** Longer pastes are shown by name. */
const SHOWN_PASTE = 1000;

export function draftOf({ text, images }: Message): Draft {
  return images.reduce(attachImage, { buffer: bufferOf(text), attachments: [] });
}

export function isEmpty({ buffer }: Draft): boolean {
  return buffer.text.trim() === '';
}

export function paste(draft: Draft, pasted: string): Draft {
  const text = pasted.replace(/\r\n?/g, '\n');
  if (text.length <= SHOWN_PASTE) return { ...draft, buffer: insert(draft.buffer, text) };
  const label = unusedLabel(draft, `[Pasted Content ${countChars(text)} chars]`);
  return attach(draft, { kind: 'paste', label, text });
}

export function attachImage(draft: Draft, path: string): Draft {
  const count = draft.attachments.filter(({ kind }) => kind === 'image').length;
  return attach(draft, { kind: 'image', label: `[Image #${count + 1}]`, path });
}

function attach(draft: Draft, attachment: Attachment): Draft {
  const { text, cursor } = draft.buffer;
  const gap = attachment.kind === 'image' && cursor > 0 && !/\s/.test(text[cursor - 1] ?? '') ? ' ' : '';
  return {
    buffer: insert(draft.buffer, `${gap}${attachment.label}${attachment.kind === 'image' ? ' ' : ''}`),
    attachments: [...draft.attachments, attachment],
  };
}

function unusedLabel({ attachments }: Draft, label: string): string {
  const isTaken = (name: string) => attachments.some((attachment) => attachment.label === name);
  for (let count = 1; ; count++) {
    const name = count === 1 ? label : `${label.slice(0, -1)} #${count}]`;
    if (!isTaken(name)) return name;
  }
}

/** Erases between two places; an attachment whose name is touched goes as a whole. */
export function erase(draft: Draft, from: number, to: number): Draft {
  const touched = namesIn(draft).find(({ start, end }) => start < to && from < end);
  const buffer = replace(draft.buffer, Math.min(from, touched?.start ?? from), Math.max(to, touched?.end ?? to));
  return {
    buffer,
    attachments: draft.attachments.filter(({ label }) => buffer.text.includes(label)),
  };
}

/** Where the names of attachments stand in the text. */
export function namesIn({ buffer, attachments }: Draft): { start: number; end: number }[] {
  return attachments.flatMap(({ label }) => {
    const start = buffer.text.indexOf(label);
    return start < 0 ? [] : [{ start, end: start + label.length }];
  });
}

/** The message as it is sent; attachments whose name is gone are left out. */
export function messageOf({ buffer, attachments }: Draft): Message {
  let { text } = buffer;
  const images: string[] = [];
  for (const attachment of attachments) {
    if (!text.includes(attachment.label)) continue;
    if (attachment.kind === 'image') images.push(attachment.path);
    else text = text.replace(attachment.label, () => attachment.text);
  }
  return { text: text.trim(), images };
}
