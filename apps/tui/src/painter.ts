import type { Look } from './cells/look.ts';
import { renderCell } from './cells/render.ts';
import type { State } from './model.ts';
import { createScreen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './text/theme.ts';
import { drawMain, drawOverlay } from './view/view.ts';

/** Brings states to the terminal: what is settled once, the rest by difference. */
export interface Painter {
  draw(state: State): void;
  /** Before the state tells it: what stands there is wrapped anew by the terminal itself. */
  resized(columns: number): void;
  /** Clears the screen and fills it again. */
  redraw(state: State): void;
  /** Leaves what is settled, and the cursor under it. */
  finish(state: State): void;
  /** Leaves the terminal to somebody else as it stands; what comes after is drawn below. */
  away(): void;
}

const CLEAR = '\u001b[2J\u001b[H';

export function createPainter(deps: { terminal: Terminal; theme: Theme; useAlternateScreen: boolean }): Painter {
  const { terminal, theme } = deps;
  const screen = createScreen();
  let epoch = 0;
  let printed = 0;

  const lookAt = ({ size, session, place }: State): Look => ({
    width: size.columns,
    theme,
    isFull: false,
    folder: session?.cwd ?? place.cwd,
    showReasoning: place.showReasoning,
    showRawReasoning: place.showRawReasoning,
  });

  /** The lines of cells that were not printed yet; from here on they are. */
  const settle = (state: State, look: Look): string[] => {
    if (epoch !== state.epoch) printed = 0;
    epoch = state.epoch;
    const lines = state.transcript.slice(printed).flatMap((cell) => renderCell(cell, look));
    printed = state.transcript.length;
    return lines;
  };

  return {
    draw(state) {
      const look = lookAt(state);
      const overlay = drawOverlay(state, look);
      if (overlay && deps.useAlternateScreen) {
        terminal.enterAlternate();
        terminal.write(screen.cover(overlay));
        return;
      }
      terminal.leaveAlternate();
      terminal.write(overlay ? screen.draw([], overlay) : screen.draw(settle(state, look), drawMain(state, look)));
    },
    resized: (columns) => screen.resized(columns),
    redraw(state) {
      terminal.write(CLEAR);
      screen.forget();
      const look = lookAt(state);
      let rows = 0;
      const isFull = (lines: string[]) => (rows += lines.length) >= state.size.rows;
      printed = Math.max(
        0,
        state.transcript.findLastIndex((cell) => isFull(renderCell(cell, look))),
      );
    },
    finish(state) {
      terminal.leaveAlternate();
      terminal.write(screen.draw(settle(state, lookAt(state)), { lines: [], cursor: null }) + screen.finish());
    },
    away() {
      terminal.leaveAlternate();
      terminal.write(screen.finish());
    },
  };
}
