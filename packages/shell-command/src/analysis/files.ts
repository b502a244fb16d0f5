import { isSecretPath } from './secrets.ts';
import { HOLE, Taint, type Text } from './values.ts';

/** What the script has put into files, and the paths that stand for `<(…)` and `>(…)`. */
export class Files {
  readonly #contents = new Map<string, readonly Text[]>();
  /** What reads the other end of `>(…)`. */
  readonly #outlets = new Map<string, (text: Text) => void>();
  readonly #alarm: (reason: string) => void;
  #pipes = 0;

  constructor(alarm: (reason: string) => void) {
    this.#alarm = alarm;
  }

  /** A path under which `content` is read. */
  inlet(content: Text): string {
    const path = this.#path();
    this.#contents.set(path, [content]);
    return path;
  }

  /** A path whose writer is told to `receive`. */
  outlet(receive: (text: Text) => void): string {
    const path = this.#path();
    this.#outlets.set(path, receive);
    return path;
  }

  /** Remembers what a file holds from now on. */
  write(path: Text, content: Text): void {
    const name = fileKey(path.text);
    const outlet = this.#outlets.get(name);
    if (outlet) {
      this.#outlets.delete(name);
      outlet(content);
      return;
    }
    if (content.taint & Taint.secret && isNetworkPath(name)) this.#alarm('hands out secrets');
    this.#contents.set(name, [...(this.#contents.get(name) ?? []), content].slice(-8));
  }

  /** The script itself has written this file. */
  holds(path: Text): boolean {
    return this.#contents.has(fileKey(path.text));
  }

  /** What a file holds, as far as the script tells. */
  read(path: Text): Text {
    const [content, ...others] = this.#contents.get(fileKey(path.text)) ?? [];
    if (content && others.length === 0) return content;
    const origin = isSecretPath(path.text) ? Taint.secret : isNetworkPath(path.text) ? Taint.download : Taint.none;
    return { text: HOLE, taint: (content?.taint ?? Taint.none) | origin };
  }

  #path(): string {
    return `/dev/fd/p${++this.#pipes}`;
  }
}

export function isNetworkPath(path: string): boolean {
  return /^\/dev\/(?:tcp|udp)\//.test(path);
}

function fileKey(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}
