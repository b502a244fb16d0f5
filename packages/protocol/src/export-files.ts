import { markOf } from './schema-shape.ts';
import { exportJsonSchema, type JsonSchema, referencesOf, type SchemaBundle } from './schema-export.ts';
import { serverRequests } from './tables.ts';
import { typeScriptOf } from './typescript-export.ts';

/** Texts by the name of the file, folders with slashes, as programs that read the exported protocol expect them. */
export type ExportedFiles = Readonly<Record<string, string>>;

/** Types that lie beside the folder of the second generation, `v2`. */
const FIRST_GENERATION = new Set([
  'ApplyPatchApprovalParams',
  'ApplyPatchApprovalResponse',
  'AuthMode',
  'ClientInfo',
  'ClientNotification',
  'ClientRequest',
  'CollaborationMode',
  'ContentItem',
  'ConversationGitInfo',
  'ConversationSummary',
  'ExecCommandApprovalParams',
  'ExecCommandApprovalResponse',
  'FileChange',
  'ForcedLoginMethod',
  'FunctionCallOutputBody',
  'FunctionCallOutputContentItem',
  'FuzzyFileSearchParams',
  'FuzzyFileSearchResponse',
  'FuzzyFileSearchResult',
  'FuzzyFileSearchSessionCompletedNotification',
  'FuzzyFileSearchSessionStartParams',
  'FuzzyFileSearchSessionStartResponse',
  'FuzzyFileSearchSessionStopParams',
  'FuzzyFileSearchSessionStopResponse',
  'FuzzyFileSearchSessionUpdateParams',
  'FuzzyFileSearchSessionUpdateResponse',
  'FuzzyFileSearchSessionUpdatedNotification',
  'GetAuthStatusParams',
  'GetAuthStatusResponse',
  'GetConversationSummaryParams',
  'GetConversationSummaryResponse',
  'GitDiffToRemoteParams',
  'GitDiffToRemoteResponse',
  'ImageDetail',
  'InitializeCapabilities',
  'InitializeParams',
  'InitializeResponse',
  'InputModality',
  'LocalShellAction',
  'MacOsAutomationPermission',
  'MacOsContactsPermission',
  'MacOsPreferencesPermission',
  'MessagePhase',
  'ModeKind',
  'ParsedCommand',
  'Personality',
  'PlanType',
  'ReasoningEffort',
  'ReasoningItemContent',
  'ReasoningItemReasoningSummary',
  'ReasoningSummary',
  'RequestId',
  'Resource',
  'ResourceTemplate',
  'ResponseItem',
  'ReviewDecision',
  'ServerNotification',
  'ServerRequest',
  'ServiceTier',
  'Settings',
  'SubAgentSource',
  'Tool',
  'Verbosity',
  'WebSearchContextSize',
  'WebSearchLocation',
  'WebSearchMode',
  'WebSearchToolConfig',
  'ClientResults',
  'ServerRequestResults',
]);
/** Those of `v2` that are found in both places. */
const IN_BOTH = ['NetworkPolicyAmendment', 'NetworkPolicyRuleAction', 'SessionSource', 'WebSearchAction'];
const ENVELOPES = new Set(['ClientRequest', 'ClientNotification', 'ServerRequest', 'ServerNotification', 'RequestId']);
const HEADER = '// Generated from the protocol; changes are lost.\n\n';
const BUNDLE = 'codex_app_server_protocol';

/** A file per type, and an index per folder; the one beside `v2` has that as a namespace. */
export function exportTypeScriptFiles(options: { experimental: boolean }): ExportedFiles {
  const { definitions } = exportJsonSchema(options);
  const names = Object.keys(definitions);
  const files = Object.entries(definitions).map(([name, schema]) => [`${pathOf(name)}.ts`, typeFile(name, schema)]);
  const both = IN_BOTH.filter((name) => names.includes(name));
  const shared = both.map((name) => [`${name}.ts`, `${HEADER}export type { ${name} } from "./v2/${name}";\n`]);
  const first = [...names.filter((name) => FIRST_GENERATION.has(name)), ...both].sort();
  const second = names.filter((name) => !FIRST_GENERATION.has(name));
  const index = (all: readonly string[]) => all.map((name) => `export type { ${name} } from "./${name}";\n`).join('');
  return {
    ...Object.fromEntries([...files, ...shared]),
    'index.ts': `${HEADER}${index(first)}export * as v2 from "./v2";\n`,
    'v2/index.ts': HEADER + index(second),
  };
}

function pathOf(name: string): string {
  return FIRST_GENERATION.has(name) ? name : `v2/${name}`;
}

function typeFile(name: string, schema: JsonSchema): string {
  const here = FIRST_GENERATION.has(name);
  const imports = referencesOf(schema)
    .filter((other) => other !== name)
    .map((other) => {
      const there = FIRST_GENERATION.has(other);
      const folder = here === there ? './' : here ? './v2/' : '../';
      return `import type { ${other} } from "${folder}${other}";\n`;
    });
  return `${HEADER}${imports.join('')}${imports.length > 0 ? '\n' : ''}export type ${name} = ${typeScriptOf(schema)};\n`;
}

/** A file per message and its parts, and all of it in one: with the second generation nested, and flat. */
export function exportSchemaFiles(options: { experimental: boolean }): ExportedFiles {
  const bundle = exportJsonSchema(options);
  const messages = Object.keys(bundle.definitions).filter(
    (name) => ENVELOPES.has(name) || /(Params|Response|Notification)$/.test(name),
  );
  const questions = new Set(
    Object.values(serverRequests).flatMap((row) => [markOf(row.params(), 'id'), markOf(row.result(), 'id')]),
  );
  const place = (name: string) => {
    if (name.startsWith('Initialize')) return `v1/${name}.json`;
    return questions.has(name) ? `${name}.json` : `${pathOf(name)}.json`;
  };
  return {
    [`${BUNDLE}.schemas.json`]: json(nested(bundle)),
    [`${BUNDLE}.v2.schemas.json`]: json(bundle),
    ...Object.fromEntries(messages.map((name) => [place(name), json(standalone(bundle, name))])),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A schema with all that it refers to, itself as a whole. */
function standalone({ $schema, definitions }: SchemaBundle, name: string): JsonSchema {
  const found = new Set<string>();
  const visit = (schema: JsonSchema | undefined) => {
    for (const other of schema ? referencesOf(schema) : []) {
      if (found.has(other)) continue;
      found.add(other);
      visit(definitions[other]);
    }
  };
  visit(definitions[name]);
  const parts = Object.fromEntries([...found].sort().map((other) => [other, definitions[other]]));
  return { $schema, title: name, ...definitions[name], ...(found.size > 0 && { definitions: parts }) };
}

/** The types of the second generation in a definition `v2` of their own. */
function nested({ definitions, ...rest }: SchemaBundle): JsonSchema {
  const reference = '#/definitions/';
  const text = JSON.stringify(definitions, (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    return `${reference}${pathOf(value.slice(reference.length))}`;
  });
  const moved = Object.entries(JSON.parse(text) as SchemaBundle['definitions']);
  const [first, second] = [true, false].map((is) => moved.filter(([name]) => FIRST_GENERATION.has(name) === is));
  return { ...rest, definitions: { ...Object.fromEntries(first ?? []), v2: Object.fromEntries(second ?? []) } };
}
