import { isObject } from '@codex/base';
import { shortened } from './names.ts';
import type { McpToolInfo } from './types.ts';

/** The server behind which ChatGPT has the apps that a user connected. Nobody else's server has this name. */
export const APPS_SERVER = 'codex_apps';

/** The app that a tool belongs to. */
export interface Connector {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** Apps of other clients, which ChatGPT does not let Codex use. */
const HIDDEN = new Set([
  'asdk_app_6938a94a61d881918ef32cb999ff937c',
  'connector_2b0a9009c9c64bf9933a3dae3f2b1254',
  'connector_3f8d1a79f27c4c7ba1a897ab13bf37dc',
  'connector_68de829bf7648191acd70a907364c67c',
  'connector_68e004f14af881919eb50893d3d9f523',
  'connector_69272cb413a081919685ec3c88d1744e',
]);
const HIDDEN_PREFIX = 'connector_openai_';

export function isHiddenApp(id: string): boolean {
  return id.startsWith(HIDDEN_PREFIX) || HIDDEN.has(id);
}

/** Null for a tool of no app, or of one that Codex may not use. */
export function connectorOf(info: McpToolInfo): Connector | null {
  const meta = isObject(info._meta) ? info._meta : {};
  const text = (key: string) => {
    const value = meta[key];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const id = text('connector_id');
  if (id === null || isHiddenApp(id)) return null;
  return { id, name: text('connector_name') ?? id, description: text('connector_description') };
}

/** What the model calls a tool of an app: the app's name, then the tool's without that. */
export function appToolName({ name: app }: Connector, tool: string): string {
  const head = trimmed(clean(app)) || 'app';
  const whole = trimmed(clean(tool));
  const rest = whole.startsWith(head) && whole !== head ? whole.slice(head.length) : whole;
  const server = `mcp__${APPS_SERVER}__`;
  return shortened(`${server}${head}${rest}`, `${server}${app}${tool}`);
}

function clean(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9_]/gu, '_');
}

function trimmed(text: string): string {
  return text.replace(/^_+|_+$/g, '');
}
