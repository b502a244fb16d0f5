import type { OpenItem } from '@codex/timeline';

const OPEN = '<oai-mem-citation>';
const CLOSE = '</oai-mem-citation>';

/** Leaves notes about memories, which are for the program, out of a streamed text (core specification §2.3). */
export interface CitationFilter {
  /** What can be shown by now; the start of a tag is held back until it is decided. */
  push(text: string): string;
  /** What was held back; a note that is still open ends here. */
  end(): string;
}

export function citationFilter(): CitationFilter {
  let held = '';
  let inside = false;
  return {
    push(text) {
      if (!held && !inside && !text.includes('<')) return text;
      let shown = '';
      let rest = held + text;
      for (;;) {
        const tag = inside ? CLOSE : OPEN;
        const at = rest.indexOf(tag);
        const until = at < 0 ? rest.length - beginning(rest, tag) : at;
        if (!inside) shown += rest.slice(0, until);
        held = rest.slice(until);
        if (at < 0) return shown;
        rest = rest.slice(at + tag.length);
        inside = !inside;
      }
    },
    end: () => (inside ? '' : held),
  };
}

/** Length of the longest end of `text` that `tag` begins with. */
function beginning(text: string, tag: string): number {
  let length = Math.min(text.length, tag.length - 1);
  while (length > 0 && !text.endsWith(tag.slice(0, length))) length -= 1;
  return length;
}

export function withoutCitations(text: string): string {
  const filter = citationFilter();
  return filter.push(text) + filter.end();
}

/** The same message item, of whose stream nobody sees the notes. */
export function hideCitations(item: OpenItem): OpenItem {
  const filter = citationFilter();
  const tell = (text: string) => {
    if (text) item.delta({ kind: 'text', text });
  };
  return {
    id: item.id,
    get done() {
      return item.done;
    },
    delta: (delta) => (delta.kind === 'text' ? tell(filter.push(delta.text)) : item.delta(delta)),
    complete(final) {
      tell(filter.end());
      item.complete(final);
    },
    abandon() {
      tell(filter.end());
      item.abandon();
    },
  };
}
