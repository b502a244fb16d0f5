import { afterEach, expect, it } from 'vitest';
import { playRecording, type RecordedModel } from '../src/demo-model.ts';
import { SESSION } from '../src/demo-session.ts';

let model: RecordedModel | undefined;
afterEach(() => model?.close());

/** One model call; the text of the answer. */
async function ask(body: object): Promise<string> {
  const response = await fetch(`${model?.url}/responses`, { method: 'POST', body: JSON.stringify(body) });
  return response.text();
}

const output = (step: number, text: string) => ({
  type: 'function_call_output',
  call_id: `recorded-call-${step}`,
  output: text,
});

it('stops, and says why, when what happened is not what was recorded', async () => {
  model = await playRecording(SESSION, 'node');
  expect(await ask({ tools: [{ type: 'function', name: 'exec_command' }], input: [] })).toContain('exec_command');
  const second = await ask({ tools: [{ name: 'shell_command' }], input: [output(0, 'i < lines.length - 1')] });
  expect(second).toContain('node --test');
  expect(model.derailed).toBeNull();
  const third = await ask({ tools: [], input: [output(0, '…'), output(1, 'fail 0')] });
  expect(third).toContain('The recording cannot go on');
  expect(model.derailed).toMatch(/does not fail/);
  expect(model.finished).toBe(false);
});

it.each([
  [[{ type: 'custom', name: 'apply_patch' }], 'custom_tool_call'],
  [[{ type: 'function', name: 'apply_patch' }], '"name":"apply_patch"'],
  [[{ type: 'function', name: 'shell' }], "apply_patch <<'EOF'"],
])('patches with the tool that is offered: %j', async (tools, expected) => {
  model = await playRecording(SESSION.slice(2, 3), 'node');
  expect(await ask({ tools, input: [] })).toContain(expected);
});

it('answers nothing but model calls', async () => {
  model = await playRecording(SESSION, 'node');
  expect((await fetch(`${model.url}/models`)).status).toBe(200);
  expect((await fetch(`${model.url}/responses`, { method: 'POST', body: 'no json' })).status).toBe(404);
  expect(model.derailed).toBeNull();
});
