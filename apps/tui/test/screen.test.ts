import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScreen, type Screen } from '../src/screen.ts';
import type { Frame } from '../src/view/frame.ts';

function terminal(columns = 20, rows = 8) {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  return {
    emulator,
    write: (text: string) => new Promise<void>((resolve) => emulator.write(text, resolve)),
    lines: () => {
      const { active } = emulator.buffer;
      const found = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '');
      return found.slice(0, found.findLastIndex((line) => line !== '') + 1);
    },
  };
}

const frame = (lines: string[], cursor: Frame['cursor'] = null): Frame => ({ lines, cursor });

describe('the screen', () => {
  it('writes settled lines above and draws over the rest', async () => {
    const screen = createScreen();
    const { write, lines, emulator } = terminal();
    await write(screen.draw([], frame(['live', '> '], { row: 1, column: 2 })));
    await write(screen.draw(['one', 'two'], frame(['> x'], { row: 0, column: 3 })));
    expect(lines()).toEqual(['one', 'two', '> x']);
    expect([emulator.buffer.active.cursorX, emulator.buffer.active.cursorY]).toEqual([3, 2]);
    await write(screen.draw(['three'], frame(['a', 'b'])));
    expect(lines()).toEqual(['one', 'two', 'three', 'a', 'b']);
    await write(screen.draw([], frame([])) + screen.finish());
    expect(lines()).toEqual(['one', 'two', 'three']);
  });

  it('writes nothing when nothing changed, and little when little did', () => {
    const screen = createScreen();
    const long = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    screen.draw([], frame(long, { row: 19, column: 1 }));
    expect(screen.draw([], frame([...long], { row: 19, column: 1 }))).toBe('');
    expect(screen.draw([], frame(long.with(18, 'x'), { row: 19, column: 1 })).length).toBeLessThan(100);
  });

  it('shows the same as if everything were written once, whatever frames came', async () => {
    const line = fc
      .string({ unit: fc.constantFrom('a', 'b', '界', ' '), maxLength: 9 })
      .map((text) => `.${text.trimEnd()}`);
    const live = fc.array(line, { maxLength: 7 });
    const moves = fc.array(fc.record({ settled: fc.array(line, { maxLength: 4 }), live, at: fc.nat() }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(moves, async (frames) => {
        const screen: Screen = createScreen();
        const { write, lines, emulator } = terminal();
        const settled: string[] = [];
        let last: string[] = [];
        for (const { settled: more, live: now, at } of frames) {
          const cursor = now.length > 0 && at % 3 > 0 ? { row: at % now.length, column: at % 5 } : null;
          await write(screen.draw(more, frame(now, cursor)));
          settled.push(...more);
          last = now;
          if (cursor) expect(emulator.buffer.active.cursorX).toBe(cursor.column);
        }
        expect(lines()).toEqual([...settled, ...last]);
      }),
      { numRuns: 60 },
    );
  });

  it('covers a screen and draws over it by difference', async () => {
    const screen = createScreen();
    const { write, lines } = terminal();
    await write(`\u001b[?1049h${screen.cover(frame(['a', 'b', 'c']))}`);
    await write(screen.cover(frame(['a', 'x'])));
    expect(lines()).toEqual(['a', 'x']);
  });
});
