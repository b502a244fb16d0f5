import { defaultConfig } from '@codex/config';
import type { CollaborationMode } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import type { SettingsOverrides } from '../src/index.ts';
import { createPauseSwitch } from '../src/session.ts';
import { applyOverrides, effectiveMode, initialSettings } from '../src/settings.ts';
import { createSteering } from '../src/turn/steering.ts';
import { addUsage } from '../src/turn/usage.ts';
import { text } from './harness.ts';

const start = initialSettings(defaultConfig('/home/u/.codex', '/work', {}), 'gpt-5.4');
const plan: CollaborationMode = {
  mode: 'plan',
  settings: { model: 'gpt-5.2', reasoning_effort: 'high', developer_instructions: 'P' },
};

describe('settings', () => {
  it('begin with the configuration and the resolved model', () => {
    expect(start).toMatchObject({ cwd: '/work', model: 'gpt-5.4', approvalPolicy: 'on-request', effort: null });
    expect(effectiveMode({ ...start, effort: 'low' })).toEqual({
      mode: 'default',
      settings: { model: 'gpt-5.4', reasoning_effort: 'low', developer_instructions: null },
    });
  });

  it('stay as they are without a change', () => {
    expect(applyOverrides(start, {})).toEqual(start);
  });

  it('take each change', () => {
    const change: SettingsOverrides = {
      model: 'm',
      effort: 'low',
      summary: 'none',
      approvalPolicy: 'never',
      personality: 'friendly',
      sandboxPolicy: { type: 'dangerFullAccess' },
      serviceTier: 'fast',
    };
    expect(applyOverrides(start, change)).toEqual({ ...start, ...change });
  });

  it('a folder is taken from the one before', () => {
    expect(applyOverrides(start, { cwd: 'sub' }).cwd).toBe('/work/sub');
    expect(applyOverrides(start, { cwd: '/else' }).cwd).toBe('/else');
  });

  it('null clears the service tier, absent keeps it', () => {
    const fast = applyOverrides(start, { serviceTier: 'fast' });
    expect(applyOverrides(fast, {}).serviceTier).toBe('fast');
    expect(applyOverrides(fast, { serviceTier: null }).serviceTier).toBeNull();
  });

  it('a mode brings its model and effort along and later follows theirs', () => {
    const planned = applyOverrides(start, { collaborationMode: plan, model: 'other', effort: 'low' });
    expect(planned).toMatchObject({ model: 'gpt-5.2', effort: 'high', collaborationMode: plan });
    const changed = applyOverrides(planned, { model: 'next' });
    expect(changed.collaborationMode).toEqual({ ...plan, settings: { ...plan.settings, model: 'next' } });
    expect(changed.effort).toBe('high');
    const quiet = { ...plan, settings: { ...plan.settings, reasoning_effort: null } };
    expect(applyOverrides(planned, { collaborationMode: quiet }).effort).toBeNull();
  });
});

describe('pause switch', () => {
  it('stops clocks at the first reason and lets them go at the last', () => {
    const pauses = createPauseSwitch();
    const log: string[] = [];
    const stop = pauses.watch(() => {
      log.push('pause');
      return () => log.push('resume');
    });
    expect([pauses.add(1), pauses.add(1), pauses.add(-1)]).toEqual([1, 2, 1]);
    expect(log).toEqual(['pause']);
    pauses.add(-1);
    pauses.add(-1);
    expect(pauses.count).toBe(0);
    expect(log).toEqual(['pause', 'resume']);
    stop();
    pauses.add(1);
    expect(log).toHaveLength(2);
  });

  it('pauses a clock that starts while there is a reason', () => {
    const pauses = createPauseSwitch();
    pauses.add(1);
    const log: string[] = [];
    const stop = pauses.watch(() => {
      log.push('pause');
      return () => log.push('resume');
    });
    expect(log).toEqual(['pause']);
    stop();
    pauses.add(-1);
    expect(log).toEqual(['pause', 'resume']);
  });
});

it('usage is summed over the thread', () => {
  const once = { totalTokens: 15, inputTokens: 10, cachedInputTokens: 4, outputTokens: 5, reasoningOutputTokens: 1 };
  const first = addUsage(null, once, 1000);
  expect(first).toEqual({ total: once, last: once, modelContextWindow: 1000 });
  const second = addUsage(first, { ...once, totalTokens: 1 }, null);
  expect(second.total).toMatchObject({ totalTokens: 16, cachedInputTokens: 8, reasoningOutputTokens: 2 });
  expect(second).toMatchObject({ last: { totalTokens: 1 }, modelContextWindow: null });
});

it('steering hands out its inputs once, in order', () => {
  const steering = createSteering();
  steering.push(text('a'));
  steering.push(text('b'));
  expect(steering.pending).toBe(true);
  expect(steering.drain()).toEqual([text('a'), text('b')]);
  expect(steering.pending).toBe(false);
  expect(steering.drain()).toEqual([]);
});
