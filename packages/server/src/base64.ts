const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Strict decoding: the standard alphabet with padding, and no bits that belong to no byte. */
export function decodeBase64(text: string): { ok: true; bytes: Buffer } | { ok: false; reason: string } {
  const bytes = Buffer.from(text).toString('latin1');
  const padding = /=+$/.exec(bytes)?.index ?? bytes.length;
  const wrong = /[^A-Za-z0-9+/]/.exec(bytes.slice(0, padding))?.index ?? (padding % 4 < 2 ? padding : bytes.length);
  if (wrong < bytes.length) return { ok: false, reason: `Invalid symbol ${bytes.charCodeAt(wrong)}, offset ${wrong}.` };
  if (padding % 4 === 1) return { ok: false, reason: `Invalid input length: ${padding}` };
  if (text.length % 4 !== 0 || text.endsWith('===')) return { ok: false, reason: 'Invalid padding' };
  const last = text.charAt(padding - 1);
  const unused = padding % 4 === 0 ? 0 : padding % 4 === 2 ? 0b1111 : 0b11;
  if ((ALPHABET.indexOf(last) & unused) !== 0) {
    return { ok: false, reason: `Invalid last symbol ${last.codePointAt(0)}, offset ${padding - 1}.` };
  }
  return { ok: true, bytes: Buffer.from(text, 'base64') };
}
