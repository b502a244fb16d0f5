/** A tool as its server describes it; whatever else it says is kept. */
export interface McpToolInfo {
  readonly name: string;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly inputSchema?: unknown;
  readonly annotations?: {
    readonly destructiveHint?: boolean;
    readonly readOnlyHint?: boolean;
    readonly openWorldHint?: boolean;
  } | null;
  readonly _meta?: unknown;
}

export interface McpCallResult {
  readonly content?: unknown[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

/** What a server asks the user during a call: `elicitation/create`. */
export type McpElicitation = { readonly message: string; readonly _meta?: unknown } & (
  | { readonly mode?: 'form'; readonly requestedSchema: unknown }
  | { readonly mode: 'url'; readonly url: string; readonly elicitationId: string }
);

export interface McpElicitationAnswer {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: unknown;
  readonly _meta?: unknown;
}
