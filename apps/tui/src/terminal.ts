import { type Clock, systemClock } from '@codex/base';
import type { AppIo } from './io.ts';
import { createInputDecoder, type Input } from './keys.ts';
import type { Size } from './model.ts';

/** The terminal, in raw mode from `start` to `stop`. Nothing else reads or writes it. */
export interface Terminal {
  readonly size: Size;
  start(listener: Listener): void;
  write(text: string): void;
  /** Another screen, whose content goes when it is left. */
  enterAlternate(): void;
  leaveAlternate(): void;
  /** Puts everything back as it was. Safe to call twice, and from an exit handler. */
  stop(): void;
}

export interface Listener {
  input: (input: Input) => void;
  resized: (size: Size) => void;
  /** Nobody is there any more: the window was closed, the line was cut. */
  closed: () => void;
}

/** An escape that nothing follows for so long is the key. */
const ESCAPE_MS = 25;

/** Pastes in brackets, focus told, and keys told apart (kitty); the last makes shift+enter another key than enter. */
const ON = '\u001b[?2004h\u001b[?1004h\u001b[>1u';
const OFF = '\u001b[<u\u001b[?1004l\u001b[?2004l\u001b[?2026l\u001b[0m\u001b[?25h';
const ALTERNATE = '\u001b[?1049h\u001b[2J\u001b[H';
const MAIN = '\u001b[?1049l';

export function createTerminal({ stdin, stdout }: AppIo, clock: Clock = systemClock): Terminal {
  let isOn = false;
  let isAlternate = false;
  let leave = () => {};

  const size = (): Size => ({ columns: Math.max(10, stdout.columns || 80), rows: Math.max(4, stdout.rows || 24) });

  return {
    get size() {
      return size();
    },
    start({ input, resized, closed }) {
      if (isOn) return;
      isOn = true;
      const decoder = createInputDecoder();
      let cancel = () => {};
      const onData = (bytes: Buffer) => {
        cancel();
        for (const one of decoder.push(bytes)) input(one);
        if (decoder.isWaiting) {
          cancel = clock.timer(ESCAPE_MS, () => {
            for (const one of decoder.flush()) input(one);
          });
        }
      };
      const onResize = () => resized(size());
      stdin.setRawMode?.(true);
      stdin.on('data', onData);
      stdin.on('end', closed);
      stdin.on('error', closed);
      stdin.resume();
      stdout.on('resize', onResize);
      stdout.write(ON);
      leave = () => {
        cancel();
        stdin.off('data', onData);
        stdin.off('end', closed);
        stdin.off('error', closed);
        stdin.pause();
        stdout.off('resize', onResize);
        stdin.setRawMode?.(false);
      };
    },
    write(text) {
      if (isOn && text !== '') stdout.write(text);
    },
    enterAlternate() {
      if (isOn && !isAlternate) stdout.write(ALTERNATE);
      isAlternate = true;
    },
    leaveAlternate() {
      if (isOn && isAlternate) stdout.write(MAIN);
      isAlternate = false;
    },
    stop() {
      if (!isOn) return;
      isOn = false;
      stdout.write((isAlternate ? MAIN : '') + OFF);
      leave();
    },
  };
}
