import { call, inputItems, inputTexts, outputOf, reply, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig } from './harness.ts';

describe('what a request says', () => {
  it('names the features on trial that are on (§3.2)', async () => {
    const { start, model } = await rig([say('1'), say('2')]);
    await (await start()).turn('hi');
    await (await start({ 'features.js_repl': true, 'features.apps': true, 'features.undo': true })).turn('hi');
    expect(model.calls.map(({ headers }) => headers['x-codex-beta-features'])).toEqual([undefined, 'apps,js_repl']);
  });

  it.each<[string, Record<string, unknown>, RegExp | null]>([
    ['ours', {}, /\nCo-authored-by: Codex <noreply@openai\.com>$/],
    ['another', { commit_attribution: 'Me <me@x>' }, /\nCo-authored-by: Me <me@x>$/],
    ['none', { commit_attribution: '' }, null],
  ])('asks for a trailer of commits: %s (§7.2)', async (_, settings, trailer) => {
    const { start, model } = await rig([say('1')]);
    await (await start({ 'features.codex_git_commit': true, ...settings })).turn('hi');
    const texts = inputTexts(model.calls[0]!, 'developer');
    expect(texts).toHaveLength(trailer ? 2 : 1);
    if (trailer) expect(texts[1]).toMatch(trailer);
  });

  it('gives results of commands in the form that the model of now reads (§8.4)', async () => {
    const shell = call('shell', { command: ['echo', 'hi'] });
    const { start, model } = await rig([[shell], say('1'), say('2')]);
    const talk = await start({ model: 'gpt-5', 'features.unified_exec': false });
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^\{"output":"hi\\n",/);
    await talk.turn('more', { overrides: { model: 'gpt-5.4' } });
    expect(outputOf(model.calls[2]!, 'call-1')).toMatch(/^Exit code: 0\nWall time: \S+ seconds\nOutput:\nhi\n$/);
  });
});

describe('another model answers than was asked (§3.4)', () => {
  it('is told once per turn, to the user and to the model', async () => {
    const headers = { 'openai-model': 'gpt-other' };
    const { start, model } = await rig([
      reply([call('update_plan', { plan: [] })], { headers }),
      reply([say('1')], { headers }),
      reply([say('2')], { headers: { 'openai-model': 'GPT-5.2-CODEX' } }),
    ]);
    const talk = await start();
    await talk.turn('one');
    await talk.turn('two');
    expect(talk.all('turn.rerouted')).toEqual([{ type: 'turn.rerouted', from: 'gpt-5.2-codex', to: 'gpt-other' }]);
    expect(talk.all('notice')).toHaveLength(1);
    const warnings = inputItems(model.calls[2]!).filter((item) => JSON.stringify(item).includes('"Warning: '));
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).toContain('gpt-other');
  });
});
