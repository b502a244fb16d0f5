import { z } from 'zod';
import { serverRequest } from './define.ts';
import { CommandAction, DynamicToolCallOutputContentItem } from './entities/item.ts';
import {
  AdditionalPermissionProfile,
  GrantedPermissionProfile,
  NetworkApprovalContext,
  NetworkPolicyAmendment,
  PermissionGrantScope,
} from './entities/policy.ts';
import { named } from './lazy.ts';
import { u32, u64 } from './scalar.ts';

export const FileChange = named('FileChange', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('add'), content: z.string() }),
    z.object({ type: z.literal('delete'), content: z.string() }),
    z.object({ type: z.literal('update'), unified_diff: z.string(), move_path: z.string().nullable() }),
  ]),
);
export type FileChange = z.infer<ReturnType<typeof FileChange>>;

export const ApplyPatchApprovalParams = named('ApplyPatchApprovalParams', () =>
  z.object({
    conversationId: z.string(),
    callId: z.string(),
    fileChanges: z.record(z.string(), FileChange()),
    reason: z.string().nullable(),
    grantRoot: z.string().nullable(),
  }),
);
export type ApplyPatchApprovalParams = z.infer<ReturnType<typeof ApplyPatchApprovalParams>>;

export const ReviewDecision = named('ReviewDecision', () =>
  z.union([
    z.literal('approved'),
    z.object({ approved_execpolicy_amendment: z.object({ proposed_execpolicy_amendment: z.array(z.string()) }) }),
    z.literal('approved_for_session'),
    z.object({ network_policy_amendment: z.object({ network_policy_amendment: NetworkPolicyAmendment() }) }),
    z.literal('denied'),
    z.literal('abort'),
  ]),
);
export type ReviewDecision = z.infer<ReturnType<typeof ReviewDecision>>;

export const ApplyPatchApprovalResponse = named('ApplyPatchApprovalResponse', () =>
  z.object({ decision: ReviewDecision() }),
);
export type ApplyPatchApprovalResponse = z.infer<ReturnType<typeof ApplyPatchApprovalResponse>>;

export const ChatgptAuthTokensRefreshReason = named('ChatgptAuthTokensRefreshReason', () => z.literal('unauthorized'));
export type ChatgptAuthTokensRefreshReason = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshReason>>;

export const ChatgptAuthTokensRefreshParams = named('ChatgptAuthTokensRefreshParams', () =>
  z.object({ reason: ChatgptAuthTokensRefreshReason(), previousAccountId: z.string().nullable() }),
);
export type ChatgptAuthTokensRefreshParams = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshParams>>;

export const ChatgptAuthTokensRefreshResponse = named('ChatgptAuthTokensRefreshResponse', () =>
  z.object({ accessToken: z.string(), chatgptAccountId: z.string(), chatgptPlanType: z.string().nullish() }),
);
export type ChatgptAuthTokensRefreshResponse = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshResponse>>;

export const CommandExecutionApprovalDecision = named('CommandExecutionApprovalDecision', () =>
  z.union([
    z.literal('accept'),
    z.literal('acceptForSession'),
    z.object({ acceptWithExecpolicyAmendment: z.object({ execpolicy_amendment: z.array(z.string()) }) }),
    z.object({ applyNetworkPolicyAmendment: z.object({ network_policy_amendment: NetworkPolicyAmendment() }) }),
    z.literal('decline'),
    z.literal('cancel'),
  ]),
);
export type CommandExecutionApprovalDecision = z.infer<ReturnType<typeof CommandExecutionApprovalDecision>>;

export const CommandExecutionRequestApprovalSkillMetadata = named('CommandExecutionRequestApprovalSkillMetadata', () =>
  z.object({ pathToSkillsMd: z.string() }),
);
export type CommandExecutionRequestApprovalSkillMetadata = z.infer<
  ReturnType<typeof CommandExecutionRequestApprovalSkillMetadata>
>;

export const CommandExecutionRequestApprovalParams = named('CommandExecutionRequestApprovalParams', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    itemId: z.string(),
    approvalId: z.string().nullish(),
    reason: z.string().nullish(),
    networkApprovalContext: NetworkApprovalContext().nullish(),
    command: z.string().nullish(),
    cwd: z.string().nullish(),
    commandActions: z.array(CommandAction()).nullish(),
    additionalPermissions: AdditionalPermissionProfile()
      .nullish()
      .meta({ experimental: 'item/commandExecution/requestApproval.additionalPermissions' }),
    skillMetadata: CommandExecutionRequestApprovalSkillMetadata()
      .nullish()
      .meta({ experimental: 'item/commandExecution/requestApproval.skillMetadata' }),
    proposedExecpolicyAmendment: z.array(z.string()).nullish(),
    proposedNetworkPolicyAmendments: z.array(NetworkPolicyAmendment()).nullish(),
    availableDecisions: z
      .array(CommandExecutionApprovalDecision())
      .nullish()
      .meta({ experimental: 'item/commandExecution/requestApproval.availableDecisions' }),
  }),
);
export type CommandExecutionRequestApprovalParams = z.infer<ReturnType<typeof CommandExecutionRequestApprovalParams>>;

export const CommandExecutionRequestApprovalResponse = named('CommandExecutionRequestApprovalResponse', () =>
  z.object({ decision: CommandExecutionApprovalDecision() }),
);
export type CommandExecutionRequestApprovalResponse = z.infer<
  ReturnType<typeof CommandExecutionRequestApprovalResponse>
>;

export const DynamicToolCallParams = named('DynamicToolCallParams', () =>
  z.object({ threadId: z.string(), turnId: z.string(), callId: z.string(), tool: z.string(), arguments: z.unknown() }),
);
export type DynamicToolCallParams = z.infer<ReturnType<typeof DynamicToolCallParams>>;

export const DynamicToolCallResponse = named('DynamicToolCallResponse', () =>
  z.object({ contentItems: z.array(DynamicToolCallOutputContentItem()), success: z.boolean() }),
);
export type DynamicToolCallResponse = z.infer<ReturnType<typeof DynamicToolCallResponse>>;

export const ParsedCommand = named('ParsedCommand', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('read'), cmd: z.string(), name: z.string(), path: z.string() }),
    z.object({ type: z.literal('list_files'), cmd: z.string(), path: z.string().nullable() }),
    z.object({ type: z.literal('search'), cmd: z.string(), query: z.string().nullable(), path: z.string().nullable() }),
    z.object({ type: z.literal('unknown'), cmd: z.string() }),
  ]),
);
export type ParsedCommand = z.infer<ReturnType<typeof ParsedCommand>>;

export const ExecCommandApprovalParams = named('ExecCommandApprovalParams', () =>
  z.object({
    conversationId: z.string(),
    callId: z.string(),
    approvalId: z.string().nullable(),
    command: z.array(z.string()),
    cwd: z.string(),
    reason: z.string().nullable(),
    parsedCmd: z.array(ParsedCommand()),
  }),
);
export type ExecCommandApprovalParams = z.infer<ReturnType<typeof ExecCommandApprovalParams>>;

export const ExecCommandApprovalResponse = named('ExecCommandApprovalResponse', () =>
  z.object({ decision: ReviewDecision() }),
);
export type ExecCommandApprovalResponse = z.infer<ReturnType<typeof ExecCommandApprovalResponse>>;

export const FileChangeApprovalDecision = named('FileChangeApprovalDecision', () =>
  z.enum(['accept', 'acceptForSession', 'decline', 'cancel']),
);
export type FileChangeApprovalDecision = z.infer<ReturnType<typeof FileChangeApprovalDecision>>;

export const FileChangeRequestApprovalParams = named('FileChangeRequestApprovalParams', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    itemId: z.string(),
    reason: z.string().nullable(),
    grantRoot: z.string().nullable(),
  }),
);
export type FileChangeRequestApprovalParams = z.infer<ReturnType<typeof FileChangeRequestApprovalParams>>;

export const FileChangeRequestApprovalResponse = named('FileChangeRequestApprovalResponse', () =>
  z.object({ decision: FileChangeApprovalDecision() }),
);
export type FileChangeRequestApprovalResponse = z.infer<ReturnType<typeof FileChangeRequestApprovalResponse>>;

export const McpElicitationArrayType = named('McpElicitationArrayType', () => z.literal('array'));
export type McpElicitationArrayType = z.infer<ReturnType<typeof McpElicitationArrayType>>;

export const McpElicitationBooleanType = named('McpElicitationBooleanType', () => z.literal('boolean'));
export type McpElicitationBooleanType = z.infer<ReturnType<typeof McpElicitationBooleanType>>;

export const McpElicitationBooleanSchema = named('McpElicitationBooleanSchema', () =>
  z.object({
    type: McpElicitationBooleanType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    default: z.boolean().nullable(),
  }),
);
export type McpElicitationBooleanSchema = z.infer<ReturnType<typeof McpElicitationBooleanSchema>>;

export const McpElicitationConstOption = named('McpElicitationConstOption', () =>
  z.object({ const: z.string(), title: z.string() }),
);
export type McpElicitationConstOption = z.infer<ReturnType<typeof McpElicitationConstOption>>;

export const McpElicitationStringType = named('McpElicitationStringType', () => z.literal('string'));
export type McpElicitationStringType = z.infer<ReturnType<typeof McpElicitationStringType>>;

export const McpElicitationUntitledSingleSelectEnumSchema = named('McpElicitationUntitledSingleSelectEnumSchema', () =>
  z.object({
    type: McpElicitationStringType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    enum: z.array(z.string()),
    default: z.string().nullable(),
  }),
);
export type McpElicitationUntitledSingleSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationUntitledSingleSelectEnumSchema>
>;

export const McpElicitationTitledSingleSelectEnumSchema = named('McpElicitationTitledSingleSelectEnumSchema', () =>
  z.object({
    type: McpElicitationStringType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    oneOf: z.array(McpElicitationConstOption()),
    default: z.string().nullable(),
  }),
);
export type McpElicitationTitledSingleSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationTitledSingleSelectEnumSchema>
>;

export const McpElicitationSingleSelectEnumSchema = named('McpElicitationSingleSelectEnumSchema', () =>
  z.union([McpElicitationUntitledSingleSelectEnumSchema(), McpElicitationTitledSingleSelectEnumSchema()]),
);
export type McpElicitationSingleSelectEnumSchema = z.infer<ReturnType<typeof McpElicitationSingleSelectEnumSchema>>;

export const McpElicitationUntitledEnumItems = named('McpElicitationUntitledEnumItems', () =>
  z.object({ type: McpElicitationStringType(), enum: z.array(z.string()) }),
);
export type McpElicitationUntitledEnumItems = z.infer<ReturnType<typeof McpElicitationUntitledEnumItems>>;

export const McpElicitationUntitledMultiSelectEnumSchema = named('McpElicitationUntitledMultiSelectEnumSchema', () =>
  z.object({
    type: McpElicitationArrayType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    minItems: u64().nullable(),
    maxItems: u64().nullable(),
    items: McpElicitationUntitledEnumItems(),
    default: z.array(z.string()).nullable(),
  }),
);
export type McpElicitationUntitledMultiSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationUntitledMultiSelectEnumSchema>
>;

export const McpElicitationTitledEnumItems = named('McpElicitationTitledEnumItems', () =>
  z.object({ anyOf: z.array(McpElicitationConstOption()) }),
);
export type McpElicitationTitledEnumItems = z.infer<ReturnType<typeof McpElicitationTitledEnumItems>>;

export const McpElicitationTitledMultiSelectEnumSchema = named('McpElicitationTitledMultiSelectEnumSchema', () =>
  z.object({
    type: McpElicitationArrayType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    minItems: u64().nullable(),
    maxItems: u64().nullable(),
    items: McpElicitationTitledEnumItems(),
    default: z.array(z.string()).nullable(),
  }),
);
export type McpElicitationTitledMultiSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationTitledMultiSelectEnumSchema>
>;

export const McpElicitationMultiSelectEnumSchema = named('McpElicitationMultiSelectEnumSchema', () =>
  z.union([McpElicitationUntitledMultiSelectEnumSchema(), McpElicitationTitledMultiSelectEnumSchema()]),
);
export type McpElicitationMultiSelectEnumSchema = z.infer<ReturnType<typeof McpElicitationMultiSelectEnumSchema>>;

export const McpElicitationLegacyTitledEnumSchema = named('McpElicitationLegacyTitledEnumSchema', () =>
  z.object({
    type: McpElicitationStringType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    enum: z.array(z.string()),
    enumNames: z.array(z.string()).nullable(),
    default: z.string().nullable(),
  }),
);
export type McpElicitationLegacyTitledEnumSchema = z.infer<ReturnType<typeof McpElicitationLegacyTitledEnumSchema>>;

export const McpElicitationEnumSchema = named('McpElicitationEnumSchema', () =>
  z.union([
    McpElicitationSingleSelectEnumSchema(),
    McpElicitationMultiSelectEnumSchema(),
    McpElicitationLegacyTitledEnumSchema(),
  ]),
);
export type McpElicitationEnumSchema = z.infer<ReturnType<typeof McpElicitationEnumSchema>>;

export const McpElicitationNumberType = named('McpElicitationNumberType', () => z.enum(['number', 'integer']));
export type McpElicitationNumberType = z.infer<ReturnType<typeof McpElicitationNumberType>>;

export const McpElicitationNumberSchema = named('McpElicitationNumberSchema', () =>
  z.object({
    type: McpElicitationNumberType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    minimum: z.number().nullable(),
    maximum: z.number().nullable(),
    default: z.number().nullable(),
  }),
);
export type McpElicitationNumberSchema = z.infer<ReturnType<typeof McpElicitationNumberSchema>>;

export const McpElicitationObjectType = named('McpElicitationObjectType', () => z.literal('object'));
export type McpElicitationObjectType = z.infer<ReturnType<typeof McpElicitationObjectType>>;

export const McpElicitationStringFormat = named('McpElicitationStringFormat', () =>
  z.enum(['email', 'uri', 'date', 'date-time']),
);
export type McpElicitationStringFormat = z.infer<ReturnType<typeof McpElicitationStringFormat>>;

export const McpElicitationStringSchema = named('McpElicitationStringSchema', () =>
  z.object({
    type: McpElicitationStringType(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    minLength: u32().nullable(),
    maxLength: u32().nullable(),
    format: McpElicitationStringFormat().nullable(),
    default: z.string().nullable(),
  }),
);
export type McpElicitationStringSchema = z.infer<ReturnType<typeof McpElicitationStringSchema>>;

export const McpElicitationPrimitiveSchema = named('McpElicitationPrimitiveSchema', () =>
  z.union([
    McpElicitationEnumSchema(),
    McpElicitationStringSchema(),
    McpElicitationNumberSchema(),
    McpElicitationBooleanSchema(),
  ]),
);
export type McpElicitationPrimitiveSchema = z.infer<ReturnType<typeof McpElicitationPrimitiveSchema>>;

export const McpElicitationSchema = named('McpElicitationSchema', () =>
  z.object({
    $schema: z.string().nullable(),
    type: McpElicitationObjectType(),
    properties: z.record(z.string(), McpElicitationPrimitiveSchema()),
    required: z.array(z.string()).nullable(),
  }),
);
export type McpElicitationSchema = z.infer<ReturnType<typeof McpElicitationSchema>>;

export const McpServerElicitationAction = named('McpServerElicitationAction', () =>
  z.enum(['accept', 'decline', 'cancel']),
);
export type McpServerElicitationAction = z.infer<ReturnType<typeof McpServerElicitationAction>>;

export const McpServerElicitationRequestParams = named('McpServerElicitationRequestParams', () =>
  z.discriminatedUnion('mode', [
    z.object({
      mode: z.literal('form'),
      threadId: z.string(),
      turnId: z.string().nullable(),
      serverName: z.string(),
      _meta: z.unknown(),
      message: z.string(),
      requestedSchema: McpElicitationSchema(),
    }),
    z.object({
      mode: z.literal('url'),
      threadId: z.string(),
      turnId: z.string().nullable(),
      serverName: z.string(),
      _meta: z.unknown(),
      elicitationId: z.string(),
      message: z.string(),
      url: z.string(),
    }),
  ]),
);
export type McpServerElicitationRequestParams = z.infer<ReturnType<typeof McpServerElicitationRequestParams>>;

export const McpServerElicitationRequestResponse = named('McpServerElicitationRequestResponse', () =>
  z.object({ action: McpServerElicitationAction(), content: z.unknown().optional(), _meta: z.unknown().optional() }),
);
export type McpServerElicitationRequestResponse = z.infer<ReturnType<typeof McpServerElicitationRequestResponse>>;

export const PermissionsRequestApprovalParams = named('PermissionsRequestApprovalParams', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    itemId: z.string(),
    reason: z.string().nullable(),
    permissions: AdditionalPermissionProfile(),
  }),
);
export type PermissionsRequestApprovalParams = z.infer<ReturnType<typeof PermissionsRequestApprovalParams>>;

export const PermissionsRequestApprovalResponse = named('PermissionsRequestApprovalResponse', () =>
  z.object({ permissions: GrantedPermissionProfile(), scope: PermissionGrantScope().default('turn') }),
);
export type PermissionsRequestApprovalResponse = z.infer<ReturnType<typeof PermissionsRequestApprovalResponse>>;

export const ToolRequestUserInputAnswer = named('ToolRequestUserInputAnswer', () =>
  z.object({ answers: z.array(z.string()) }),
);
export type ToolRequestUserInputAnswer = z.infer<ReturnType<typeof ToolRequestUserInputAnswer>>;

export const ToolRequestUserInputOption = named('ToolRequestUserInputOption', () =>
  z.object({ label: z.string(), description: z.string() }),
);
export type ToolRequestUserInputOption = z.infer<ReturnType<typeof ToolRequestUserInputOption>>;

export const ToolRequestUserInputQuestion = named('ToolRequestUserInputQuestion', () =>
  z.object({
    id: z.string(),
    header: z.string(),
    question: z.string(),
    isOther: z.boolean(),
    isSecret: z.boolean(),
    options: z.array(ToolRequestUserInputOption()).nullable(),
  }),
);
export type ToolRequestUserInputQuestion = z.infer<ReturnType<typeof ToolRequestUserInputQuestion>>;

export const ToolRequestUserInputParams = named('ToolRequestUserInputParams', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    itemId: z.string(),
    questions: z.array(ToolRequestUserInputQuestion()),
  }),
);
export type ToolRequestUserInputParams = z.infer<ReturnType<typeof ToolRequestUserInputParams>>;

export const ToolRequestUserInputResponse = named('ToolRequestUserInputResponse', () =>
  z.object({ answers: z.record(z.string(), ToolRequestUserInputAnswer()) }),
);
export type ToolRequestUserInputResponse = z.infer<ReturnType<typeof ToolRequestUserInputResponse>>;

export const serverRequests = {
  'item/commandExecution/requestApproval': serverRequest({
    doc: 'May this command run?',
    params: CommandExecutionRequestApprovalParams,
    result: CommandExecutionRequestApprovalResponse,
  }),
  'item/fileChange/requestApproval': serverRequest({
    doc: 'May these files be changed?',
    params: FileChangeRequestApprovalParams,
    result: FileChangeRequestApprovalResponse,
  }),
  'item/tool/requestUserInput': serverRequest({
    doc: 'The model asks the user questions.',
    params: ToolRequestUserInputParams,
    result: ToolRequestUserInputResponse,
  }),
  'mcpServer/elicitation/request': serverRequest({
    doc: 'An MCP server asks the user something.',
    params: McpServerElicitationRequestParams,
    result: McpServerElicitationRequestResponse,
  }),
  'item/permissions/requestApproval': serverRequest({
    doc: 'May the model have these permissions?',
    params: PermissionsRequestApprovalParams,
    result: PermissionsRequestApprovalResponse,
  }),
  'item/tool/call': serverRequest({
    doc: 'Run a tool that the client brought.',
    params: DynamicToolCallParams,
    result: DynamicToolCallResponse,
  }),
  'account/chatgptAuthTokens/refresh': serverRequest({
    doc: 'Supply fresh tokens.',
    params: ChatgptAuthTokensRefreshParams,
    result: ChatgptAuthTokensRefreshResponse,
  }),
  applyPatchApproval: serverRequest({
    doc: 'Older form of the file change question.',
    params: ApplyPatchApprovalParams,
    result: ApplyPatchApprovalResponse,
  }),
  execCommandApproval: serverRequest({
    doc: 'Older form of the command question.',
    params: ExecCommandApprovalParams,
    result: ExecCommandApprovalResponse,
  }),
};
