import { stat } from 'node:fs/promises';
import { CodexError, systemCode } from '@codex/base';

/** Where Node words a system error differently from the system. */
const TEXTS: Readonly<Record<string, string>> = {
  EEXIST: 'File exists',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
};

/** The error of a file operation as the protocol has it: `No such file or directory (os error 2)`. */
export function osErrorText(error: unknown): string {
  const code = systemCode(error);
  const { message, errno } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  if (code === 'ERR_INVALID_ARG_VALUE' && message.includes('null bytes'))
    return 'file name contained an unexpected NUL byte';
  if (code === undefined || errno === undefined) return message;
  const said = /^[A-Z0-9]+: ([^,]*)/.exec(message)?.[1] ?? message;
  return `${TEXTS[code] ?? said.charAt(0).toUpperCase() + said.slice(1)} (os error ${Math.abs(errno)})`;
}

/** Does a file operation; its failure becomes an internal error with the system's text. */
export async function orOsError<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw new CodexError('internal', osErrorText(error), { cause: error });
  }
}

/** Why there is nothing to read at a path, in the system's words; null for a regular file. */
export async function fileTrouble(path: string): Promise<string | null> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return 'Is a directory (os error 21)';
    return facts.isFile() ? null : 'not a regular file';
  } catch (error) {
    return osErrorText(error);
  }
}
