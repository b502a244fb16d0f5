import { StringDecoder } from 'node:string_decoder';
import { decodeKittyPrintable, isKeyRelease, parseKey } from '@mariozechner/pi-tui';
import { countChars } from './text/amounts.ts';

/** What a person did at the keyboard. Keys have names such as `enter`, `ctrl+c`, `shift+tab`, `alt+left`. */
export type Input =
  | { kind: 'text'; text: string }
  | { kind: 'key'; key: string }
  | { kind: 'paste'; text: string }
  | { kind: 'focus'; focused: boolean };

export interface InputDecoder {
  /** Takes bytes as they come; a sequence that is cut off waits for the rest. */
  push(bytes: Uint8Array): Input[];
  /** True when something waits; an escape that nothing follows is the key itself. */
  readonly isWaiting: boolean;
  flush(): Input[];
}

const PASTE_START = '\u001b[200~';
const PASTE_END = '\u001b[201~';
/** CSI and SS3 sequences, and an escape before one character (alt). */
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /^\u001b(?:\[[0-9:;<=>?]*[ -/]*[@-~]|O[ -~]|[\]P_^][^\u0007\u001b]*(?:\u0007|\u001b\\)|[^[O\]P_^])/u;
// oxlint-disable-next-line no-control-regex
const TEXT = /^[^\u0000-\u001f\u007f]+/;

/** Reads what a terminal sends: UTF-8 text, keys as escape sequences (old ones and those of kitty), pastes in brackets. */
export function createInputDecoder(): InputDecoder {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let pasted: string | null = null;

  const take = (final: boolean): Input[] => {
    const found: Input[] = [];
    while (rest !== '') {
      if (pasted !== null) {
        const end = rest.indexOf(PASTE_END);
        // The end mark may be cut in two.
        const upTo = end < 0 ? Math.max(0, rest.length - PASTE_END.length + 1) : end;
        pasted += rest.slice(0, upTo);
        rest = rest.slice(upTo);
        if (end < 0) break;
        rest = rest.slice(PASTE_END.length);
        found.push({ kind: 'paste', text: pasted });
        pasted = null;
      } else if (rest.startsWith(PASTE_START)) {
        pasted = '';
        rest = rest.slice(PASTE_START.length);
      } else if (rest.startsWith('\u001b')) {
        const sequence = rest.startsWith('\u001b\u001b') ? '\u001b' : SEQUENCE.exec(rest)?.[0];
        if (sequence === undefined && !final) break;
        const whole = sequence ?? '\u001b';
        rest = rest.slice(whole.length);
        found.push(...readSequence(whole));
      } else {
        const text = TEXT.exec(rest)?.[0];
        if (text === undefined) {
          found.push(...readSequence(rest[0] ?? ''));
          rest = rest.slice(1);
        } else {
          found.push({ kind: 'text', text });
          rest = rest.slice(text.length);
        }
      }
    }
    return found;
  };

  return {
    push(bytes) {
      const text = decoder.write(Buffer.from(bytes));
      // Without bracketed paste, lines that come at once were not typed.
      if (pasted === null && rest === '' && /^[^\u001b]*[^\r\n\u001b][\r\n]+[^\r\n\u001b][^\u001b]*$/.test(text)) {
        return [{ kind: 'paste', text }];
      }
      rest += text;
      return take(false);
    },
    get isWaiting() {
      return rest !== '' && pasted === null;
    },
    flush: () => (pasted === null ? take(true) : []),
  };
}

function readSequence(sequence: string): Input[] {
  if (sequence === '\u001b[I' || sequence === '\u001b[O') return [{ kind: 'focus', focused: sequence.endsWith('I') }];
  if (isKeyRelease(sequence)) return [];
  // A terminal sends ctrl+j as it is; enter is a carriage return.
  if (sequence === '\n') return [{ kind: 'key', key: 'ctrl+j' }];
  const printable = decodeKittyPrintable(sequence);
  if (printable !== undefined && parseKey(sequence) === undefined) return [{ kind: 'text', text: printable }];
  const key = parseKey(sequence);
  if (key === undefined) return [];
  return printable !== undefined && countChars(key) === 1
    ? [{ kind: 'text', text: printable }]
    : [{ kind: 'key', key }];
}
