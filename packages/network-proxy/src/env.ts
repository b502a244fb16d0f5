const HTTP = ['HTTP_PROXY', 'HTTPS_PROXY', 'WS_PROXY', 'WSS_PROXY', 'NPM_CONFIG_HTTP_PROXY', 'NPM_CONFIG_HTTPS_PROXY'];
const HTTP_UPPER = ['BUNDLE_HTTP_PROXY', 'BUNDLE_HTTPS_PROXY', 'DOCKER_HTTP_PROXY', 'DOCKER_HTTPS_PROXY', 'PIP_PROXY'];
const YARN = ['YARN_HTTP_PROXY', 'YARN_HTTPS_PROXY'];
const ANY = ['ALL_PROXY', 'FTP_PROXY'];
const EXEMPT = ['NO_PROXY', 'NPM_CONFIG_NOPROXY'];
const EXEMPT_UPPER = ['BUNDLE_NO_PROXY', 'YARN_NO_PROXY'];

/** A command's own machine and private networks: reaching those is not the proxy's business. */
const NO_PROXY = 'localhost,127.0.0.1,::1,*.local,.local,169.254.0.0/16,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16';

/** The variables that lead programs to the proxy on `port` of loopback. Spec core §17. Pure. */
export function proxyEnv(options: {
  port: number;
  socks: boolean;
  allowLocalBinding: boolean;
}): Record<string, string> {
  const http = `http://127.0.0.1:${options.port}`;
  const any = options.socks ? `socks5h://127.0.0.1:${options.port}` : http;
  const both = (names: readonly string[]) => names.flatMap((name) => [name, name.toLowerCase()]);
  const all = (names: readonly string[], value: string) => names.map((name) => [name, value] as const);
  return Object.fromEntries([
    ...all([...both([...HTTP, 'NPM_CONFIG_PROXY']), ...HTTP_UPPER, ...YARN], http),
    ...all(both(ANY), any),
    ...all([...both(EXEMPT), ...EXEMPT_UPPER], NO_PROXY),
    ['CODEX_NETWORK_ALLOW_LOCAL_BINDING', options.allowLocalBinding ? '1' : '0'],
    ['ELECTRON_GET_USE_PROXY', 'true'],
    // Node's own fetch looks at the other variables only when it is told to.
    ['NODE_USE_ENV_PROXY', '1'],
  ]);
}
