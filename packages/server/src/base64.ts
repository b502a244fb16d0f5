/** Strict decoding: the standard alphabet with padding. */
export function decodeBase64(text: string): { ok: true; bytes: Buffer } | { ok: false; reason: string } {
  const wrong = /[^A-Za-z0-9+/=]/.exec(text) ?? /=(?=[^=])/.exec(text);
  if (wrong) return { ok: false, reason: `Invalid symbol ${text.codePointAt(wrong.index)}, offset ${wrong.index}.` };
  if (text.length % 4 !== 0 || text.endsWith('===')) return { ok: false, reason: 'Invalid padding' };
  return { ok: true, bytes: Buffer.from(text, 'base64') };
}
