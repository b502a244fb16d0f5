import type { ResponseItem } from '@codex/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyItem, requestInput } from '../src/context/request-input.ts';

const user = (text: string): ResponseItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const fn = (id: string): ResponseItem => ({ type: 'function_call', name: 'f', arguments: '{}', call_id: id });
const custom = (id: string): ResponseItem => ({ type: 'custom_tool_call', name: 'c', input: 'x', call_id: id });
const local = (id: string): ResponseItem =>
  ({
    ...{ type: 'local_shell_call', call_id: id, status: 'completed' },
    action: { type: 'exec', command: ['ls'] },
  }) as ResponseItem;
const fnOut = (id: string, output = 'ok'): ResponseItem => ({ type: 'function_call_output', call_id: id, output });
const customOut = (id: string, output = 'ok'): ResponseItem => ({
  ...{ type: 'custom_tool_call_output', call_id: id, output },
});
const IMAGES = { images: true, plainResults: false, refused: new WeakSet<ResponseItem>() };

describe('requestInput (§8.4)', () => {
  it.each<[string, ResponseItem[], ResponseItem[]]>([
    ['what fits stays', [user('a'), fn('1'), fnOut('1')], [user('a'), fn('1'), fnOut('1')]],
    ['a call without output', [fn('1'), user('b')], [fn('1'), fnOut('1', 'aborted'), user('b')]],
    ['a custom call', [custom('1')], [custom('1'), customOut('1', 'aborted')]],
    ['a local shell call', [local('1')], [local('1'), fnOut('1', 'aborted')]],
    ['an output without call', [user('a'), fnOut('1'), customOut('2')], [user('a')]],
    ['an output that comes late', [fn('1'), user('b'), fnOut('1')], [fn('1'), user('b'), fnOut('1')]],
  ])('%s', (_, history, expected) => {
    const before = structuredClone(history);
    expect(requestInput(history, IMAGES)).toEqual(expected);
    expect(history).toEqual(before);
  });

  it('always pairs calls and outputs and keeps the order of the rest', () => {
    const id = fc.constantFrom('1', '2', '3');
    const item = fc.oneof(
      id.map(fn),
      id.map(custom),
      id.map((i) => fnOut(i)),
      id.map((i) => customOut(i)),
      id.map(user),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (history) => {
        const out = requestInput(history, IMAGES);
        const ids = (suffix: boolean) =>
          new Set(out.flatMap((i) => ('call_id' in i && i.type.endsWith('_output') === suffix ? [i.call_id] : [])));
        expect(ids(true)).toEqual(ids(false));
        expect(out.filter((i) => i.type === 'message')).toEqual(history.filter((i) => i.type === 'message'));
        expect(requestInput(out, IMAGES)).toEqual(out);
      }),
    );
  });

  it('has results of commands as plain text for a model that patches in free form', () => {
    const shell: ResponseItem = { type: 'function_call', name: 'shell', arguments: '{}', call_id: '1' };
    const json = JSON.stringify({ output: 'hi\n', metadata: { exit_code: 2, duration_seconds: 0.3 } });
    const history = [
      shell,
      fnOut('1', json),
      fn('2'),
      fnOut('2', json),
      { ...shell, call_id: '3' },
      fnOut('3', '{"a":1}'),
    ];
    expect(requestInput(history, IMAGES)).toEqual(history);
    expect(requestInput(history, { ...IMAGES, plainResults: true })).toEqual(
      history.with(1, fnOut('1', 'Exit code: 2\nWall time: 0.3 seconds\nOutput:\nhi\n')),
    );
  });

  it('has a note in place of images for a model that takes none', () => {
    const note = { type: 'input_text', text: 'image content omitted because you do not support image input' };
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA' } as const;
    const history: ResponseItem[] = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'see' }, image] },
      fn('1'),
      { type: 'function_call_output', call_id: '1', output: [image] },
    ];
    expect(requestInput(history, IMAGES)).toEqual(history);
    const [message, , output] = requestInput(history, { ...IMAGES, images: false });
    expect(message).toMatchObject({ content: [{ text: 'see' }, note] });
    expect(output).toMatchObject({ output: [note] });
    expect(history[0]).toMatchObject({ content: [{}, image] });
  });
});

describe('historyItem', () => {
  it('leaves out ids and the raw text of reasoning', () => {
    expect(historyItem({ ...user('a'), id: 'm1' } as ResponseItem)).toEqual(user('a'));
    expect(historyItem({ ...fn('1'), id: 'f1' } as ResponseItem)).toEqual(fn('1'));
    const thought = { type: 'reasoning', id: 'r1', summary: [], encrypted_content: 'e' };
    expect(
      historyItem({ ...thought, content: [{ type: 'reasoning_text', text: 'raw' }] } as unknown as ResponseItem),
    ).toMatchObject({ type: 'reasoning', summary: [], encrypted_content: 'e', content: null });
  });
});
