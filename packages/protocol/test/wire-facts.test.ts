import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { methodTypes, typeLine } from '../scripts/wire-facts.mjs';
import { exportJsonSchema } from '../src/index.ts';

interface Facts {
  ClientRequest: Record<string, string | null>;
  ServerRequest: Record<string, string | null>;
  ServerNotification: Record<string, string | null>;
  types: Record<string, string>;
}

/** Taken from the schemas of the reference implementation by scripts/extract-wire-facts.mjs. */
const facts = JSON.parse(readFileSync(new URL('fixtures/wire-facts.json', import.meta.url), 'utf8')) as Facts;
const { definitions } = exportJsonSchema({ experimental: true });

const ALWAYS_WRITTEN = 'the server always writes these members; only a reader of older messages may miss them';
const MODEL_ITEMS = 'items of kinds we do not act on pass through whole, so only those we read are described';
const deviations: Record<string, string> = {
  AppInfo: ALWAYS_WRITTEN,
  AppsDefaultConfig: ALWAYS_WRITTEN,
  Config: ALWAYS_WRITTEN,
  Model: ALWAYS_WRITTEN,
  SandboxWorkspaceWrite: ALWAYS_WRITTEN,
  ThreadItem: ALWAYS_WRITTEN,
  ToolRequestUserInputQuestion: ALWAYS_WRITTEN,
  LocalShellAction: MODEL_ITEMS,
  ReasoningItemContent: 'the same two kinds, written as one object',
  ResponseItem: MODEL_ITEMS,
};
const notDescribed: Record<string, string> = {
  AppConfig: 'part of the free-form members of AppsConfig',
  AppToolApproval: 'part of AppConfig',
  AppToolConfig: 'part of AppConfig',
  AppToolsConfig: 'part of AppConfig',
  FunctionCallOutputPayload: 'on the wire it is its body',
  GhostCommit: MODEL_ITEMS,
  LocalShellStatus: MODEL_ITEMS,
  ResponsesApiWebSearchAction: MODEL_ITEMS,
};
const ahead = {
  ClientRequest: {
    getAuthStatus: 'GetAuthStatusParams',
    getConversationSummary: 'GetConversationSummaryParams',
    gitDiffToRemote: 'GitDiffToRemoteParams',
  },
  ServerRequest: {},
  ServerNotification: { 'rawResponseItem/completed': 'RawResponseItemCompletedNotification' },
};

describe('agreement with the reference implementation', () => {
  it.each(['ClientRequest', 'ServerRequest', 'ServerNotification'] as const)('%s', (union) => {
    expect(Object.fromEntries(methodTypes(definitions[union]))).toEqual({ ...facts[union], ...ahead[union] });
  });

  it.each(Object.keys(facts.types).filter((name) => !(name in notDescribed)))('%s', (name) => {
    const line = typeLine(definitions[name]);
    if (name in deviations) expect(line).not.toBe(facts.types[name]);
    else expect(line).toBe(facts.types[name]);
  });

  it('leaves out only what the list says', () => {
    const missing = Object.keys(facts.types).filter((name) => !(name in definitions));
    expect(missing.sort()).toEqual(Object.keys(notDescribed).sort());
  });

  it('a required member more is the only difference where the server always writes', () => {
    const names = Object.keys(deviations).filter((name) => deviations[name] === ALWAYS_WRITTEN);
    const loosened = (line: string | undefined) => line?.replaceAll('?:', ':');
    for (const name of names) expect(loosened(typeLine(definitions[name])), name).toBe(loosened(facts.types[name]));
  });
});
