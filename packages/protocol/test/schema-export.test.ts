import { describe, expect, it } from 'vitest';
import { methodTypes } from '../scripts/wire-facts.mjs';
import { exportJsonSchema, exportTypeScript, type JsonSchema } from '../src/index.ts';

const all = exportJsonSchema({ experimental: true }).definitions;
const stable = exportJsonSchema({ experimental: false }).definitions;
const members = (schema: JsonSchema | undefined) => Object.keys((schema?.['properties'] ?? {}) as object);
const methods = (definitions: Record<string, JsonSchema>) =>
  methodTypes(definitions['ClientRequest']).map(([name]) => name);

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner).replace('#/definitions/', '')] : references(inner),
  );
}

describe('exportJsonSchema', () => {
  it('gives the same answer each time', () => {
    expect(exportJsonSchema({ experimental: true }).definitions).toEqual(all);
  });

  it('has every definition it refers to, and no key of our own', () => {
    for (const definitions of [all, stable]) {
      expect(references(definitions).filter((name) => !(name in definitions))).toEqual([]);
      expect(JSON.stringify(definitions)).not.toMatch(/"(experimentalVariant|integer|\$id)":/);
    }
  });

  it('leaves out experimental methods and members, and what only they use', () => {
    expect(methods(all).filter((name) => !methods(stable).includes(name))).toHaveLength(12);
    const gone = (name: string) => members(all[name]).filter((member) => !members(stable[name]).includes(member));
    const changed = Object.keys(stable).filter((name) => gone(name).length > 0);
    expect(Object.fromEntries(changed.map((name) => [name, gone(name).sort()]))).toEqual({
      ClientResults: methods(all)
        .filter((name) => !methods(stable).includes(name))
        .sort(),
      CommandExecutionRequestApprovalParams: ['additionalPermissions', 'availableDecisions', 'skillMetadata'],
      Config: ['apps'],
      ConfigRequirements: ['network'],
      ThreadForkParams: ['path', 'persistExtendedHistory'],
      ThreadResumeParams: ['history', 'path', 'persistExtendedHistory'],
      ThreadStartParams: ['dynamicTools', 'experimentalRawEvents', 'mockExperimentalField', 'persistExtendedHistory'],
      TurnStartParams: ['collaborationMode'],
    });
    expect(all).toHaveProperty('CollaborationMode');
    expect(stable).not.toHaveProperty('CollaborationMode');
    expect(JSON.stringify(stable['ThreadForkParams'])).not.toContain('persistExtendedHistory');
  });

  it('tells integers and their width', () => {
    expect(all['ThreadListParams']).toMatchObject({
      properties: { limit: { anyOf: [{ type: 'integer', format: 'uint32', minimum: 0 }, { type: 'null' }] } },
    });
  });
});

describe('exportTypeScript', () => {
  const text = exportTypeScript({ experimental: true });

  it('declares every definition once', () => {
    const names = [...text.matchAll(/^export type (\w+) = /gm)].map((match) => match[1]);
    expect(names).toEqual(Object.keys(all));
  });

  it('writes types as one would by hand', () => {
    expect(text).toContain('export type ThreadReadParams = { "threadId": string; "includeTurns"?: boolean };\n');
    expect(text).toContain('export type ThreadSortKey = "created_at" | "updated_at";\n');
    expect(text).toContain('"thread/start": ThreadStartResponse');
  });

  it('leaves out what the stable schema leaves out', () => {
    expect(exportTypeScript({ experimental: false })).not.toMatch(/CollaborationMode|thread\/realtime\/start"/);
  });
});
