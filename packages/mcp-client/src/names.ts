import { createHash } from 'node:crypto';

const MAX_LENGTH = 64;
const HEAD = 24;

/**
 * What the model calls a tool of a server: `mcp__server__tool`, of letters, digits and `_`, at most 64 characters; a
 * longer one ends in a hash of the unchanged name (mcp specification §3).
 */
export function qualifiedName(server: string, tool: string): string {
  const raw = `mcp__${server}__${tool}`;
  return shortened(raw.replace(/[^A-Za-z0-9_]/gu, '_'), raw);
}

/** A name that is too long ends in a hash of what it was made from. */
export function shortened(name: string, raw: string): string {
  if (name.length <= MAX_LENGTH) return name;
  return name.slice(0, HEAD) + createHash('sha1').update(raw).digest('hex');
}

/** The part of a qualified name that stands for the tool. */
export function toolPart(server: string, qualified: string): string {
  const prefix = `mcp__${server.replace(/[^A-Za-z0-9_]/gu, '_')}__`;
  return qualified.startsWith(prefix) ? qualified.slice(prefix.length) : qualified;
}
