import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { methodTypes } from '../scripts/wire-facts.mjs';
import { exportJsonSchema, exportSchemaFiles, exportTypeScriptFiles, type JsonSchema } from '../src/index.ts';

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

describe('exportTypeScriptFiles', () => {
  const files = exportTypeScriptFiles({ experimental: true });

  it('declares every definition once, in the folder of its generation', () => {
    const declared = Object.entries(files).flatMap(([name, text]) => {
      const type = /^export type (\w+) = /m.exec(text)?.[1];
      return type ? [[type, name]] : [];
    });
    expect(declared.map(([type]) => type).sort()).toEqual(Object.keys(all));
    const places = Object.fromEntries(declared) as Record<string, string>;
    expect(places).toMatchObject({ ClientRequest: 'ClientRequest.ts', ReasoningEffort: 'ReasoningEffort.ts' });
    expect(places).toMatchObject({ ThreadReadParams: 'v2/ThreadReadParams.ts', Turn: 'v2/Turn.ts' });
  });

  it('imports what is there and nothing else', () => {
    for (const [name, text] of Object.entries(files)) {
      for (const [, path = ''] of text.matchAll(/from "([^"]+)"/g)) {
        const target = posix.join(posix.dirname(name), path);
        expect(Object.keys(files)).toContain(target === 'v2' ? 'v2/index.ts' : `${target}.ts`);
      }
    }
    expect(files['index.ts']).toContain('export type { SessionSource } from "./SessionSource";\n');
    expect(files['index.ts']).toMatch(/export \* as v2 from "\.\/v2";\n$/);
    expect(files['v2/index.ts']).toContain('export type { SessionSource } from "./SessionSource";\n');
  });

  it('writes types as one would by hand', () => {
    const params = files['v2/ThreadReadParams.ts'];
    expect(params).toContain('export type ThreadReadParams = { "threadId": string; "includeTurns"?: boolean };\n');
    expect(files['v2/ThreadSortKey.ts']).toContain('export type ThreadSortKey = "created_at" | "updated_at";\n');
    expect(files['v2/ThreadReadResponse.ts']).toContain('import type { Thread } from "./Thread";\n');
    expect(files['v2/Model.ts']).toContain('import type { ReasoningEffort } from "../ReasoningEffort";\n');
  });

  it('leaves out what the stable schema leaves out', () => {
    const text = Object.values(exportTypeScriptFiles({ experimental: false })).join('');
    expect(text).not.toMatch(/CollaborationMode|thread\/realtime\/start"/);
  });
});

describe('exportSchemaFiles', () => {
  const files = exportSchemaFiles({ experimental: true });
  const read = (name: string) => JSON.parse(files[name] ?? 'null') as JsonSchema;

  it('has a file per message that stands on its own', () => {
    for (const name of Object.keys(files).filter((each) => !each.startsWith('codex_app_server_protocol'))) {
      const schema = read(name);
      expect(schema['title']).toBe(posix.basename(name, '.json'));
      const known = Object.keys((schema['definitions'] ?? {}) as object);
      expect(known).toEqual(expect.arrayContaining(references(schema)));
    }
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        ...['v1/InitializeParams.json', 'v2/ThreadStartParams.json', 'ClientRequest.json'],
        ...['CommandExecutionRequestApprovalParams.json', 'v2/TurnCompletedNotification.json'],
      ]),
    );
  });

  it('has everything in one file, flat or with the second generation by itself', () => {
    expect(read('codex_app_server_protocol.v2.schemas.json')['definitions']).toEqual(all);
    const nested = read('codex_app_server_protocol.schemas.json')['definitions'] as Record<string, JsonSchema>;
    const paths = [...Object.keys(nested), ...Object.keys(nested['v2'] ?? {}).map((name) => `v2/${name}`)];
    expect(paths).toEqual(expect.arrayContaining(references(nested)));
    expect(paths).toHaveLength(Object.keys(all).length + 1);
  });
});
