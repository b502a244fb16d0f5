import type { ThreadItem } from '@codex/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from '../src/cells/command.ts';
import { renderItem } from '../src/cells/item.ts';
import { renderCell } from '../src/cells/render.ts';
import type { Look } from '../src/cells/look.ts';
import { createTheme } from '../src/text/theme.ts';
import { widthOf } from '../src/text/wrap.ts';
import { command, itemCompleted, itemStarted, message, play, said, turnStarted } from './play.ts';

const look: Look = {
  width: 60,
  theme: createTheme(false),
  isFull: false,
  folder: '/code/app',
  showReasoning: true,
  showRawReasoning: false,
};

const text = (value: string) => ({ type: 'text' as const, text: value, text_elements: [] });

/** One of every kind, with whatever text. */
function items(word: string): ThreadItem[] {
  return [
    {
      type: 'userMessage',
      id: '1',
      content: [text(word), { type: 'localImage', path: word }, { type: 'image', url: word }],
    },
    message(word),
    { type: 'plan', id: '2', text: word },
    { type: 'reasoning', id: '3', summary: [word], content: [word] },
    command({ command: word, aggregatedOutput: word.repeat(20) }),
    command({ status: 'declined', exitCode: null }),
    command({ commandActions: [{ type: 'read', command: word, name: word, path: word }] }),
    {
      type: 'fileChange',
      id: '4',
      status: 'completed',
      changes: [
        { path: word, kind: { type: 'add' }, diff: word },
        { path: word, kind: { type: 'update', move_path: word }, diff: `@@ -1 +1 @@\n-${word}\n+${word}` },
      ],
    },
    {
      type: 'mcpToolCall',
      id: '5',
      server: word,
      tool: word,
      status: 'failed',
      arguments: { word },
      result: { content: [{ type: 'text', text: word }], structuredContent: null },
      error: null,
      durationMs: 1,
    },
    {
      type: 'dynamicToolCall',
      id: '6',
      tool: word,
      arguments: [word],
      status: 'completed',
      contentItems: [{ type: 'inputText', text: word }],
      success: true,
      durationMs: 9,
    },
    {
      type: 'collabAgentToolCall',
      id: '7',
      tool: 'wait',
      status: 'completed',
      senderThreadId: 'a',
      receiverThreadIds: ['b'],
      prompt: word,
      model: null,
      reasoningEffort: null,
      agentsStates: { b: { status: 'completed', message: word } },
    },
    { type: 'webSearch', id: '8', query: word, action: { type: 'findInPage', url: word, pattern: word } },
    { type: 'imageView', id: '9', path: word },
    { type: 'imageGeneration', id: '10', status: 'completed', revisedPrompt: word, result: '' },
    { type: 'enteredReviewMode', id: '11', review: word },
    { type: 'exitedReviewMode', id: '12', review: word },
    { type: 'contextCompaction', id: '13' },
  ];
}

describe('items', () => {
  it('of every kind fit into any width, whatever they hold, live and settled', () => {
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', ' ', '\n', '界', '👨‍👩‍👧', '\u001b[31m', '\t', '|', '-', '`'),
        fc.string({ maxLength: 1 }),
      ),
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        word,
        fc.integer({ min: 20, max: 120 }),
        fc.integer({ min: 4, max: 40 }),
        fc.boolean(),
        (value, columns, rows, isFull) => {
          const tui = play({ columns, rows });
          tui.notify(turnStarted());
          tui.type(value.replaceAll('?', ''));
          for (const item of items(value)) {
            for (const line of renderCell({ kind: 'item', item }, { ...look, width: columns, isFull }))
              expect(widthOf(line), JSON.stringify(line)).toBeLessThanOrEqual(columns);
            tui.notify(itemStarted(item), said(value, `m-${item.id}`));
            const lines = tui.view().split('\n');
            expect(lines.length).toBeLessThan(rows);
            for (const line of lines) expect(widthOf(line), JSON.stringify(line)).toBeLessThanOrEqual(columns);
            tui.notify(itemCompleted(item));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<[ThreadItem, string]>([
    [items('note')[0]!, '› note\n  [image note]\n  [image]'],
    [message('**Hi** there'), '• Hi there'],
    [command(), '• Ran make test · 1.2s\n  └ ok'],
    [command({ exitCode: 1, durationMs: 5, aggregatedOutput: '' }), '• Ran make test · exit 1\n  └ (no output)'],
    [command({ status: 'declined', exitCode: null, aggregatedOutput: null }), '• Did not run make test · declined'],
    [
      command({
        commandActions: [
          { type: 'read', command: 'x', name: 'a.ts', path: 'a.ts' },
          { type: 'search', command: 'x', query: 'TODO', path: '/code/app/src' },
        ],
      }),
      '• Read a.ts\n  Searched TODO in src',
    ],
    [
      {
        type: 'fileChange',
        id: 'p',
        status: 'completed',
        changes: [{ path: '/code/app/new.ts', kind: { type: 'add' }, diff: 'a\nb\n' }],
      },
      '• Added new.ts (+2 -0)\n    1 +a\n    2 +b',
    ],
    [
      {
        type: 'fileChange',
        id: 'p',
        status: 'declined',
        changes: [{ path: '/code/app/new.ts', kind: { type: 'add' }, diff: 'a' }],
      },
      '• Patch declined\n  └ new.ts',
    ],
    [
      {
        type: 'mcpToolCall',
        id: 'm',
        server: 'docs',
        tool: 'find',
        status: 'completed',
        arguments: { q: 1 },
        result: { content: [{ type: 'text', text: 'found' }], structuredContent: null },
        error: null,
        durationMs: 2500,
      },
      '• Called docs.find({"q":1}) · 2.5s\n  └ found',
    ],
    [{ type: 'webSearch', id: 'w', query: 'cats', action: null }, '• Searched the web cats'],
    [{ type: 'imageView', id: 'i', path: '/a.png' }, '• Looked at /a.png'],
    [{ type: 'enteredReviewMode', id: 'r', review: 'current changes' }, '>> Review begins: current changes'],
    [{ type: 'contextCompaction', id: 'c' }, '• Context compacted: the model goes on with a summary'],
  ])('are drawn (%#)', (item, drawn) => {
    expect(renderItem(item, look).join('\n')).toBe(drawn);
  });

  it('notes for the model are not shown', () => {
    const content = [text('do it'), text('<user_shell_command>\nls\n</user_shell_command>')];
    expect(renderItem({ type: 'userMessage', id: '1', content }, look)).toEqual(['› do it']);
  });
});

describe('commands', () => {
  it.each([
    ["/bin/bash -lc 'echo '\\''hi'\\'''", "echo 'hi'"],
    ['bash -lc "echo \\"hi\\" \\$HOME"', 'echo "hi" $HOME'],
    ['/bin/sh -c ls', 'ls'],
    ['git status', 'git status'],
  ])('%s is %s', (command_, script) => {
    expect(commandText(command_)).toBe(script);
  });
});

describe('the live part', () => {
  it('has the cursor where one writes, in the middle of wide characters', () => {
    const tui = play();
    tui.type('你好');
    tui.press('left');
    const lines = tui.view().split('\n');
    expect(tui.cursor()).toEqual({ row: lines.findIndex((line) => line.startsWith('› 你好')), column: 4 });
  });

  it('shows a long text around the cursor, and never more than the screen holds', () => {
    const tui = play({ rows: 12 });
    tui.send({
      type: 'input',
      input: { kind: 'paste', text: Array.from({ length: 40 }, (_, at) => `row ${at}`).join('\n') },
    });
    expect(tui.view()).toContain('row 39');
    expect(tui.view().split('\n').length).toBeLessThan(12);
    tui.press(...Array.from({ length: 39 }, () => 'up'));
    expect(tui.view()).toContain('› row 0');
  });

  it('is in colour only where colour is wanted', () => {
    expect(createTheme(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createTheme(false).bad('x')).toBe('x');
  });
});
