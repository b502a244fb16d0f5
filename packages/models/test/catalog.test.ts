import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodexError } from '@codex/base';
import { Model } from '@codex/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import {
  applyOverrides,
  autoCompactLimit,
  createModels,
  fallbackWarning,
  instructionsFor,
  type ModelRecord,
  usableWindow,
} from '../src/index.ts';
import { deps, login } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'codex-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const models = createModels(deps);
const lookUp = async (name: string | null) => models.resolve(name);
const record = async (name: string): Promise<ModelRecord> => (await models.resolve(name)).record;

const MINIMAL = {
  slug: 'own',
  display_name: 'Own',
  supported_reasoning_levels: [],
  shell_type: 'local',
  visibility: 'list',
  supported_in_api: true,
  priority: 1,
  base_instructions: 'hello',
  support_verbosity: false,
  truncation_policy: { mode: 'bytes', limit: 5 },
  supports_parallel_tool_calls: false,
  experimental_supported_tools: [],
};

function catalogOf(content: unknown): ReturnType<typeof createModels> {
  const path = join(folder, 'catalog.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return createModels({ ...deps, catalogPath: path });
}

describe('list', () => {
  test('visible and hidden models in order, with upgrade and default', async () => {
    const short = (list: Model[]) =>
      list.map((model) => `${model.id}${model.hidden ? ' hidden' : ''}${model.upgrade ? ` > ${model.upgrade}` : ''}`);
    expect(short(await models.listWire())).toEqual([
      'gpt-5.3-codex > gpt-5.4',
      'gpt-5.4',
      'gpt-5.2-codex > gpt-5.4',
      'gpt-5.1-codex-max > gpt-5.4',
      'gpt-5.2 > gpt-5.4',
      'gpt-5.1-codex-mini > gpt-5.4',
    ]);
    const all = await models.listWire({ includeHidden: true });
    expect(short(all)).toEqual([
      'gpt-5.3-codex > gpt-5.4',
      'gpt-5.4',
      'gpt-5.2-codex > gpt-5.4',
      'gpt-5.1-codex-max > gpt-5.4',
      'gpt-5.1-codex hidden > gpt-5.3-codex',
      'gpt-5.2 > gpt-5.4',
      'gpt-5.1 hidden > gpt-5.3-codex',
      'gpt-5-codex hidden > gpt-5.3-codex',
      'gpt-5 hidden > gpt-5.3-codex',
      'gpt-oss-120b hidden',
      'gpt-oss-20b hidden',
      'gpt-5.1-codex-mini > gpt-5.4',
      'gpt-5-codex-mini hidden > gpt-5.3-codex',
    ]);
    expect(all.filter((model) => model.isDefault).map((model) => model.id)).toEqual(['gpt-5.3-codex']);
    for (const model of all) expect(Model().parse(model)).toEqual(model);
  });

  test('the wire shape of one model', async () => {
    const [first] = await models.listWire();
    expect(first).toEqual({
      id: 'gpt-5.3-codex',
      model: 'gpt-5.3-codex',
      upgrade: 'gpt-5.4',
      upgradeInfo: { model: 'gpt-5.4', upgradeCopy: null, modelLink: null, migrationMarkdown: expect.any(String) },
      availabilityNux: null,
      displayName: 'gpt-5.3-codex',
      description: expect.any(String),
      hidden: false,
      supportedReasoningEfforts: ['low', 'medium', 'high', 'xhigh'].map((reasoningEffort) => ({
        reasoningEffort,
        description: expect.any(String),
      })),
      defaultReasoningEffort: 'medium',
      inputModalities: ['text', 'image'],
      supportsPersonality: true,
      isDefault: true,
    });
    expect(models.toWire(await record('gpt-5.3-codex'))).toEqual(first);
  });
});

describe('resolve', () => {
  test.each([
    [null, 'gpt-5.3-codex', 'gpt-5.3-codex'],
    ['gpt-5.4-2026-03', 'gpt-5.4-2026-03', 'gpt-5.4'],
    ['custom/gpt-5.4', 'custom/gpt-5.4', 'gpt-5.4'],
    ['gpt-5.1-codex-maximal', 'gpt-5.1-codex-maximal', 'gpt-5.1-codex-max'],
    ['gpt-5.1-other', 'gpt-5.1-other', 'gpt-5.1'],
  ])('%s', async (name, slug, known) => {
    const found = await lookUp(name);
    expect([found.slug, found.record.slug, found.fallback]).toEqual([slug, known, false]);
  });

  test.each(['a/b/gpt-5.4', 'my-ns/gpt-5.4', 'unheard-of', ''])('%j is a guess', async (name) => {
    const found = await lookUp(name);
    expect(found).toMatchObject({
      slug: name,
      fallback: true,
      record: {
        shellType: 'default',
        applyPatchToolType: null,
        supportsReasoningSummaries: false,
        truncationPolicy: { mode: 'bytes', limit: 10_000 },
        contextWindow: 272_000,
        priority: 99,
        visibility: 'none',
      },
    });
    expect(fallbackWarning(name)).toBe(
      `Model metadata for \`${name}\` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.`,
    );
  });

  test('particulars of the bundled models', async () => {
    expect(await record('gpt-5')).toMatchObject({ shellType: 'default', applyPatchToolType: null });
    expect(await record('gpt-oss-20b')).toMatchObject({ contextWindow: 128_000, inputModalities: ['text'] });
    expect(await record('gpt-5.4')).toMatchObject({
      defaultReasoningSummary: 'none',
      supportsImageDetailOriginal: true,
    });
    expect(await record('gpt-5.1-codex-mini')).toMatchObject({ supportsParallelToolCalls: false });
  });
});

describe('catalogue file', () => {
  test('replaces the bundled one; unknown members are ignored', async () => {
    const own = catalogOf({
      models: [
        { ...MINIMAL, unheard_of: 1 },
        { ...MINIMAL, slug: 'first', priority: 0 },
      ],
    });
    expect((await own.list()).map((entry) => entry.slug)).toEqual(['first', 'own']);
    expect((await own.resolve('gpt-5.4')).fallback).toBe(true);
    expect((await own.resolve('own-2')).record).toMatchObject({
      description: '',
      defaultReasoningSummary: 'auto',
      webSearchToolType: 'text',
      effectiveContextWindowPercent: 95,
      inputModalities: ['text', 'image'],
      modelMessages: null,
    });
  });

  test('what the login cannot use is left out', async () => {
    const content = { models: [{ ...MINIMAL, supported_in_api: false, priority: 0, slug: 'plus' }, MINIMAL] };
    expect((await catalogOf(content).list()).map((entry) => entry.slug)).toEqual(['own']);
    const credentials = login({ kind: 'chatgpt', accessToken: 't', accountId: null });
    const chatgpt = createModels({ ...deps, credentials, catalogPath: join(folder, 'catalog.json') });
    expect((await chatgpt.resolve(null)).slug).toBe('plus');
  });

  test.each([
    ['{"models":[]}', /^model_catalog_json path `.*` must contain at least one model$/],
    ['{', /^failed to parse model_catalog_json path `.*` as JSON: /],
    [{ models: [{ ...MINIMAL, priority: 'x' }] }, /as JSON: models\.0\.priority: /],
    [[], /as JSON: top level: /],
  ])('%j is refused', async (content, message) => {
    const failing = catalogOf(content).list();
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(CodexError);
  });

  test('a missing file is refused, and read again once it is there', async () => {
    const catalogPath = join(folder, 'late.json');
    const late = createModels({ ...deps, catalogPath });
    await expect(late.list()).rejects.toThrow(/late\.json`: No such file or directory \(os error 2\)$/);
    writeFileSync(catalogPath, JSON.stringify({ models: [MINIMAL] }));
    expect(await late.list()).toHaveLength(1);
  });
});

describe('overrides and limits', () => {
  test('configuration outranks the record', async () => {
    const bytes = await record('gpt-5.2');
    expect(applyOverrides(bytes, { toolOutputTokenLimit: 1000 }).truncationPolicy).toEqual({
      mode: 'bytes',
      limit: 4000,
    });
    const tokens = await record('gpt-5.4');
    expect(applyOverrides(tokens, { toolOutputTokenLimit: 1000 }).truncationPolicy.limit).toBe(1000);
    expect(applyOverrides(tokens, {})).toEqual(tokens);
    expect(applyOverrides(tokens, { supportsReasoningSummaries: false }).supportsReasoningSummaries).toBe(true);
    expect(applyOverrides(tokens, { baseInstructions: 'mine' })).toMatchObject({
      baseInstructions: 'mine',
      modelMessages: null,
    });
    expect(applyOverrides(tokens, { personality: false }).modelMessages).toBeNull();
  });

  test('usable window and compaction limit', async () => {
    const known = await record('gpt-5.4');
    expect([usableWindow(known), autoCompactLimit(known)]).toEqual([258_400, 244_800]);
    expect(autoCompactLimit({ ...known, autoCompactTokenLimit: 1000 })).toBe(1000);
    expect(autoCompactLimit({ ...known, autoCompactTokenLimit: 900_000 })).toBe(244_800);
    expect(autoCompactLimit({ ...known, contextWindow: null })).toBeNull();
  });
});

describe('instructions', () => {
  test('a personality fills the gap; none leaves no trace', async () => {
    const known = await record('gpt-5.4');
    const friendly = instructionsFor(known, 'friendly');
    expect(friendly).toContain('warm');
    expect(instructionsFor(known, 'pragmatic')).not.toBe(friendly);
    for (const text of [friendly, instructionsFor(known, 'none'), instructionsFor(known, null)]) {
      expect(text).not.toContain('{{');
      expect(text).not.toMatch(/\n{3}/);
    }
    expect(instructionsFor(known, 'none')).toBe(known.baseInstructions);
  });

  test('a model without texts is not changed', async () => {
    const known = await record('gpt-5.2');
    expect(instructionsFor(known, 'friendly')).toBe(known.baseInstructions);
  });
});
