import { isObject, isUuid } from '@codex/base';
import type { DynamicToolSpec } from '@codex/protocol';
import type { ThreadHeader } from '@codex/timeline';
import { type Fields, fields, formatTime, list, parseTime, text } from './line.ts';
import { type GitFields, sourceFromFile, sourceToFile } from './wire-forms.ts';

/** The payload of the first line of a file. */
export function sessionMetaToFile(header: ThreadHeader, git: GitFields | null): Fields {
  return {
    id: header.id,
    ...(header.forkedFromId !== null && { forked_from_id: header.forkedFromId }),
    timestamp: formatTime(header.createdAt),
    cwd: header.cwd,
    originator: header.originator,
    cli_version: header.cliVersion,
    source: sourceToFile(header.source),
    ...(header.agentNickname !== null && { agent_nickname: header.agentNickname }),
    ...(header.agentRole !== null && { agent_role: header.agentRole }),
    model_provider: header.modelProvider,
    base_instructions: { text: header.baseInstructions },
    ...(header.dynamicTools.length > 0 && { dynamic_tools: header.dynamicTools }),
    ...(git && Object.keys(git).length > 0 && { git }),
  };
}

/** The header of a stored thread; null when the line names no thread. `at` is the time of the line. */
export function sessionMetaFromFile(payload: Fields, at: number | null, path: string | null): ThreadHeader | null {
  const id = text(payload['id']);
  if (!id || !isUuid(id)) return null;
  return {
    id,
    createdAt: parseTime(payload['timestamp']) ?? at ?? 0,
    cwd: text(payload['cwd']) ?? '',
    source: sourceFromFile(payload['source']),
    originator: text(payload['originator']) ?? '',
    cliVersion: text(payload['cli_version']) ?? '',
    modelProvider: text(payload['model_provider']) ?? '',
    ephemeral: false,
    path,
    forkedFromId: text(payload['forked_from_id']),
    agentNickname: text(payload['agent_nickname']),
    agentRole: text(payload['agent_role'] ?? payload['agent_type']),
    baseInstructions: text(fields(payload['base_instructions'])['text']) ?? '',
    dynamicTools: list(payload['dynamic_tools']).flatMap(toolFromFile),
  };
}

function toolFromFile(value: unknown): DynamicToolSpec[] {
  if (!isObject(value) || typeof value['name'] !== 'string') return [];
  const { name, inputSchema, deferLoading } = value;
  return [
    {
      name,
      description: text(value['description']) ?? '',
      inputSchema,
      ...(typeof deferLoading === 'boolean' && { deferLoading }),
    },
  ];
}
