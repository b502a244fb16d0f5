/** Offsets into the text of a file, UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stops reading a file. Never leaves the package: `parseRules` turns it into a value. */
export class Fault extends Error {
  override readonly name = 'Fault';
  /** Null until the place is known: functions of the library do not know from where they were called. */
  readonly span: Span | null;
  constructor(message: string, span: Span | null = null) {
    super(message);
    this.span = span;
  }
}

/** Runs `work`; a fault without a place gets this one. */
export function at<T>(span: Span, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault && error.span === null) throw new Fault(error.message, span);
    throw error;
  }
}

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters (code points). */
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}
