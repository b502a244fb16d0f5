// Waits for a line on stdin, then answers a 401 as a model call would: `node refresh-once.mjs HOME TOKEN_URL`.
import { createViteServer } from 'vitest/node';

const [home, tokenUrl] = process.argv.slice(2);
const vite = await createViteServer({
  configFile: false,
  logLevel: 'error',
  root: new URL('../..', import.meta.url).pathname,
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions: ['@codex/source'] }, noExternal: [/^@codex\//] },
});
const { createAuth } = await vite.ssrLoadModule('/src/index.ts');
const { nullLogger, systemClock } = await vite.ssrLoadModule('@codex/base');
const http = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, { method, headers, body, signal });
  return { status: response.status, contentType: null, text: await response.text() };
};
const env = { CODEX_REFRESH_TOKEN_URL_OVERRIDE: tokenUrl };
const auth = createAuth({ home, env, honourEnvKey: false, clock: systemClock, log: nullLogger, http });
const used = await auth.credentials('openai');
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const outcome = await auth.onUnauthorized(used, 2);
const { accessToken } = await auth.credentials('openai');
process.stdout.write(`${JSON.stringify({ outcome: outcome.kind, accessToken })}\n`);
await vite.close();
process.exit();
