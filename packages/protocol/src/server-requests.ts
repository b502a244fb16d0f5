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
import { lazy } from './lazy.ts';
import { u32, u64 } from './scalar.ts';

export const FileChange = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('add'), content: z.string() }),
    z.object({ type: z.literal('delete'), content: z.string() }),
    z.object({ type: z.literal('update'), move_path: z.string().nullable(), unified_diff: z.string() }),
  ]),
);
export type FileChange = z.infer<ReturnType<typeof FileChange>>;

export const ApplyPatchApprovalParams = lazy(() =>
  z.object({
    callId: z.string(),
    conversationId: z.string(),
    fileChanges: z.record(z.string(), FileChange()),
    grantRoot: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);
export type ApplyPatchApprovalParams = z.infer<ReturnType<typeof ApplyPatchApprovalParams>>;

export const ReviewDecision = lazy(() =>
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

export const ApplyPatchApprovalResponse = lazy(() => z.object({ decision: ReviewDecision() }));
export type ApplyPatchApprovalResponse = z.infer<ReturnType<typeof ApplyPatchApprovalResponse>>;

export const ChatgptAuthTokensRefreshReason = lazy(() => z.literal('unauthorized'));
export type ChatgptAuthTokensRefreshReason = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshReason>>;

export const ChatgptAuthTokensRefreshParams = lazy(() =>
  z.object({ previousAccountId: z.string().nullable(), reason: ChatgptAuthTokensRefreshReason() }),
);
export type ChatgptAuthTokensRefreshParams = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshParams>>;

export const ChatgptAuthTokensRefreshResponse = lazy(() =>
  z.object({ accessToken: z.string(), chatgptAccountId: z.string(), chatgptPlanType: z.string().nullish() }),
);
export type ChatgptAuthTokensRefreshResponse = z.infer<ReturnType<typeof ChatgptAuthTokensRefreshResponse>>;

export const CommandExecutionApprovalDecision = lazy(() =>
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

export const CommandExecutionRequestApprovalSkillMetadata = lazy(() => z.object({ pathToSkillsMd: z.string() }));
export type CommandExecutionRequestApprovalSkillMetadata = z.infer<
  ReturnType<typeof CommandExecutionRequestApprovalSkillMetadata>
>;

export const CommandExecutionRequestApprovalParams = lazy(() =>
  z.object({
    additionalPermissions: AdditionalPermissionProfile().nullish(),
    approvalId: z.string().nullish(),
    availableDecisions: z.array(CommandExecutionApprovalDecision()).nullish(),
    command: z.string().nullish(),
    commandActions: z.array(CommandAction()).nullish(),
    cwd: z.string().nullish(),
    itemId: z.string(),
    networkApprovalContext: NetworkApprovalContext().nullish(),
    proposedExecpolicyAmendment: z.array(z.string()).nullish(),
    proposedNetworkPolicyAmendments: z.array(NetworkPolicyAmendment()).nullish(),
    reason: z.string().nullish(),
    skillMetadata: CommandExecutionRequestApprovalSkillMetadata().nullish(),
    threadId: z.string(),
    turnId: z.string(),
  }),
);
export type CommandExecutionRequestApprovalParams = z.infer<ReturnType<typeof CommandExecutionRequestApprovalParams>>;

export const CommandExecutionRequestApprovalResponse = lazy(() =>
  z.object({ decision: CommandExecutionApprovalDecision() }),
);
export type CommandExecutionRequestApprovalResponse = z.infer<
  ReturnType<typeof CommandExecutionRequestApprovalResponse>
>;

export const DynamicToolCallParams = lazy(() =>
  z.object({ arguments: z.unknown(), callId: z.string(), threadId: z.string(), tool: z.string(), turnId: z.string() }),
);
export type DynamicToolCallParams = z.infer<ReturnType<typeof DynamicToolCallParams>>;

export const DynamicToolCallResponse = lazy(() =>
  z.object({ contentItems: z.array(DynamicToolCallOutputContentItem()), success: z.boolean() }),
);
export type DynamicToolCallResponse = z.infer<ReturnType<typeof DynamicToolCallResponse>>;

export const ParsedCommand = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('read'), cmd: z.string(), name: z.string(), path: z.string() }),
    z.object({ type: z.literal('list_files'), cmd: z.string(), path: z.string().nullable() }),
    z.object({ type: z.literal('search'), cmd: z.string(), path: z.string().nullable(), query: z.string().nullable() }),
    z.object({ type: z.literal('unknown'), cmd: z.string() }),
  ]),
);
export type ParsedCommand = z.infer<ReturnType<typeof ParsedCommand>>;

export const ExecCommandApprovalParams = lazy(() =>
  z.object({
    approvalId: z.string().nullable(),
    callId: z.string(),
    command: z.array(z.string()),
    conversationId: z.string(),
    cwd: z.string(),
    parsedCmd: z.array(ParsedCommand()),
    reason: z.string().nullable(),
  }),
);
export type ExecCommandApprovalParams = z.infer<ReturnType<typeof ExecCommandApprovalParams>>;

export const ExecCommandApprovalResponse = lazy(() => z.object({ decision: ReviewDecision() }));
export type ExecCommandApprovalResponse = z.infer<ReturnType<typeof ExecCommandApprovalResponse>>;

export const FileChangeApprovalDecision = lazy(() => z.enum(['accept', 'acceptForSession', 'decline', 'cancel']));
export type FileChangeApprovalDecision = z.infer<ReturnType<typeof FileChangeApprovalDecision>>;

export const FileChangeRequestApprovalParams = lazy(() =>
  z.object({
    grantRoot: z.string().nullable(),
    itemId: z.string(),
    reason: z.string().nullable(),
    threadId: z.string(),
    turnId: z.string(),
  }),
);
export type FileChangeRequestApprovalParams = z.infer<ReturnType<typeof FileChangeRequestApprovalParams>>;

export const FileChangeRequestApprovalResponse = lazy(() => z.object({ decision: FileChangeApprovalDecision() }));
export type FileChangeRequestApprovalResponse = z.infer<ReturnType<typeof FileChangeRequestApprovalResponse>>;

export const McpElicitationArrayType = lazy(() => z.literal('array'));
export type McpElicitationArrayType = z.infer<ReturnType<typeof McpElicitationArrayType>>;

export const McpElicitationBooleanType = lazy(() => z.literal('boolean'));
export type McpElicitationBooleanType = z.infer<ReturnType<typeof McpElicitationBooleanType>>;

export const McpElicitationBooleanSchema = lazy(() =>
  z.object({
    type: McpElicitationBooleanType(),
    default: z.boolean().nullable(),
    description: z.string().nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationBooleanSchema = z.infer<ReturnType<typeof McpElicitationBooleanSchema>>;

export const McpElicitationConstOption = lazy(() => z.object({ const: z.string(), title: z.string() }));
export type McpElicitationConstOption = z.infer<ReturnType<typeof McpElicitationConstOption>>;

export const McpElicitationStringType = lazy(() => z.literal('string'));
export type McpElicitationStringType = z.infer<ReturnType<typeof McpElicitationStringType>>;

export const McpElicitationUntitledSingleSelectEnumSchema = lazy(() =>
  z.object({
    type: McpElicitationStringType(),
    default: z.string().nullable(),
    description: z.string().nullable(),
    enum: z.array(z.string()),
    title: z.string().nullable(),
  }),
);
export type McpElicitationUntitledSingleSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationUntitledSingleSelectEnumSchema>
>;

export const McpElicitationTitledSingleSelectEnumSchema = lazy(() =>
  z.object({
    type: McpElicitationStringType(),
    default: z.string().nullable(),
    description: z.string().nullable(),
    oneOf: z.array(McpElicitationConstOption()),
    title: z.string().nullable(),
  }),
);
export type McpElicitationTitledSingleSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationTitledSingleSelectEnumSchema>
>;

export const McpElicitationSingleSelectEnumSchema = lazy(() =>
  z.union([McpElicitationUntitledSingleSelectEnumSchema(), McpElicitationTitledSingleSelectEnumSchema()]),
);
export type McpElicitationSingleSelectEnumSchema = z.infer<ReturnType<typeof McpElicitationSingleSelectEnumSchema>>;

export const McpElicitationUntitledEnumItems = lazy(() =>
  z.object({ type: McpElicitationStringType(), enum: z.array(z.string()) }),
);
export type McpElicitationUntitledEnumItems = z.infer<ReturnType<typeof McpElicitationUntitledEnumItems>>;

export const McpElicitationUntitledMultiSelectEnumSchema = lazy(() =>
  z.object({
    type: McpElicitationArrayType(),
    default: z.array(z.string()).nullable(),
    description: z.string().nullable(),
    items: McpElicitationUntitledEnumItems(),
    maxItems: u64().nullable(),
    minItems: u64().nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationUntitledMultiSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationUntitledMultiSelectEnumSchema>
>;

export const McpElicitationTitledEnumItems = lazy(() => z.object({ anyOf: z.array(McpElicitationConstOption()) }));
export type McpElicitationTitledEnumItems = z.infer<ReturnType<typeof McpElicitationTitledEnumItems>>;

export const McpElicitationTitledMultiSelectEnumSchema = lazy(() =>
  z.object({
    type: McpElicitationArrayType(),
    default: z.array(z.string()).nullable(),
    description: z.string().nullable(),
    items: McpElicitationTitledEnumItems(),
    maxItems: u64().nullable(),
    minItems: u64().nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationTitledMultiSelectEnumSchema = z.infer<
  ReturnType<typeof McpElicitationTitledMultiSelectEnumSchema>
>;

export const McpElicitationMultiSelectEnumSchema = lazy(() =>
  z.union([McpElicitationUntitledMultiSelectEnumSchema(), McpElicitationTitledMultiSelectEnumSchema()]),
);
export type McpElicitationMultiSelectEnumSchema = z.infer<ReturnType<typeof McpElicitationMultiSelectEnumSchema>>;

export const McpElicitationLegacyTitledEnumSchema = lazy(() =>
  z.object({
    type: McpElicitationStringType(),
    default: z.string().nullable(),
    description: z.string().nullable(),
    enum: z.array(z.string()),
    enumNames: z.array(z.string()).nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationLegacyTitledEnumSchema = z.infer<ReturnType<typeof McpElicitationLegacyTitledEnumSchema>>;

export const McpElicitationEnumSchema = lazy(() =>
  z.union([
    McpElicitationSingleSelectEnumSchema(),
    McpElicitationMultiSelectEnumSchema(),
    McpElicitationLegacyTitledEnumSchema(),
  ]),
);
export type McpElicitationEnumSchema = z.infer<ReturnType<typeof McpElicitationEnumSchema>>;

export const McpElicitationNumberType = lazy(() => z.enum(['number', 'integer']));
export type McpElicitationNumberType = z.infer<ReturnType<typeof McpElicitationNumberType>>;

export const McpElicitationNumberSchema = lazy(() =>
  z.object({
    type: McpElicitationNumberType(),
    default: z.number().nullable(),
    description: z.string().nullable(),
    maximum: z.number().nullable(),
    minimum: z.number().nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationNumberSchema = z.infer<ReturnType<typeof McpElicitationNumberSchema>>;

export const McpElicitationObjectType = lazy(() => z.literal('object'));
export type McpElicitationObjectType = z.infer<ReturnType<typeof McpElicitationObjectType>>;

export const McpElicitationStringFormat = lazy(() => z.enum(['email', 'uri', 'date', 'date-time']));
export type McpElicitationStringFormat = z.infer<ReturnType<typeof McpElicitationStringFormat>>;

export const McpElicitationStringSchema = lazy(() =>
  z.object({
    type: McpElicitationStringType(),
    default: z.string().nullable(),
    description: z.string().nullable(),
    format: McpElicitationStringFormat().nullable(),
    maxLength: u32().nullable(),
    minLength: u32().nullable(),
    title: z.string().nullable(),
  }),
);
export type McpElicitationStringSchema = z.infer<ReturnType<typeof McpElicitationStringSchema>>;

export const McpElicitationPrimitiveSchema = lazy(() =>
  z.union([
    McpElicitationEnumSchema(),
    McpElicitationStringSchema(),
    McpElicitationNumberSchema(),
    McpElicitationBooleanSchema(),
  ]),
);
export type McpElicitationPrimitiveSchema = z.infer<ReturnType<typeof McpElicitationPrimitiveSchema>>;

export const McpElicitationSchema = lazy(() =>
  z.object({
    type: McpElicitationObjectType(),
    $schema: z.string().nullable(),
    properties: z.record(z.string(), McpElicitationPrimitiveSchema()),
    required: z.array(z.string()).nullable(),
  }),
);
export type McpElicitationSchema = z.infer<ReturnType<typeof McpElicitationSchema>>;

export const McpServerElicitationAction = lazy(() => z.enum(['accept', 'decline', 'cancel']));
export type McpServerElicitationAction = z.infer<ReturnType<typeof McpServerElicitationAction>>;

export const McpServerElicitationRequestParams = lazy(() =>
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

export const McpServerElicitationRequestResponse = lazy(() =>
  z.object({ _meta: z.unknown().optional(), action: McpServerElicitationAction(), content: z.unknown().optional() }),
);
export type McpServerElicitationRequestResponse = z.infer<ReturnType<typeof McpServerElicitationRequestResponse>>;

export const PermissionsRequestApprovalParams = lazy(() =>
  z.object({
    itemId: z.string(),
    permissions: AdditionalPermissionProfile(),
    reason: z.string().nullable(),
    threadId: z.string(),
    turnId: z.string(),
  }),
);
export type PermissionsRequestApprovalParams = z.infer<ReturnType<typeof PermissionsRequestApprovalParams>>;

export const PermissionsRequestApprovalResponse = lazy(() =>
  z.object({ permissions: GrantedPermissionProfile(), scope: PermissionGrantScope().default('turn') }),
);
export type PermissionsRequestApprovalResponse = z.infer<ReturnType<typeof PermissionsRequestApprovalResponse>>;

export const ToolRequestUserInputAnswer = lazy(() => z.object({ answers: z.array(z.string()) }));
export type ToolRequestUserInputAnswer = z.infer<ReturnType<typeof ToolRequestUserInputAnswer>>;

export const ToolRequestUserInputOption = lazy(() => z.object({ description: z.string(), label: z.string() }));
export type ToolRequestUserInputOption = z.infer<ReturnType<typeof ToolRequestUserInputOption>>;

export const ToolRequestUserInputQuestion = lazy(() =>
  z.object({
    header: z.string(),
    id: z.string(),
    isOther: z.boolean(),
    isSecret: z.boolean(),
    options: z.array(ToolRequestUserInputOption()).nullable(),
    question: z.string(),
  }),
);
export type ToolRequestUserInputQuestion = z.infer<ReturnType<typeof ToolRequestUserInputQuestion>>;

export const ToolRequestUserInputParams = lazy(() =>
  z.object({
    itemId: z.string(),
    questions: z.array(ToolRequestUserInputQuestion()),
    threadId: z.string(),
    turnId: z.string(),
  }),
);
export type ToolRequestUserInputParams = z.infer<ReturnType<typeof ToolRequestUserInputParams>>;

export const ToolRequestUserInputResponse = lazy(() =>
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
