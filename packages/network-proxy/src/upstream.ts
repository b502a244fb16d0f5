/** The proxy that this process itself is told to use. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** The value of `proxy-authorization`; a secret. */
  readonly authorization: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy for plain (`http`) or encrypted (`https`) targets by the usual variables; null for none that speaks HTTP. */
export function upstreamOf(env: Env, scheme: 'http' | 'https'): Upstream | null {
  const names = [scheme === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY'];
  const value = names.flatMap((name) => [env[name], env[name.toLowerCase()]]).find((text) => text?.trim());
  const url = value && URL.canParse(value) ? new URL(value) : null;
  if (url?.protocol !== 'http:') return null;
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 80),
    authorization: user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}
