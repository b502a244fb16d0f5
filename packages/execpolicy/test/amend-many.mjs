// Amends from a process of its own: `node amend-many.mjs HOME NAME`.
import { createViteServer } from 'vitest/node';

const [home, name] = process.argv.slice(2);
const vite = await createViteServer({
  configFile: false,
  logLevel: 'error',
  root: new URL('..', import.meta.url).pathname,
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions: ['@codex/source'] }, noExternal: [/^@codex\//] },
});
const { amendPrefix } = await vite.ssrLoadModule('/src/index.ts');
const own = Array.from({ length: 10 }, (_, i) => [name, String(i)]);
const shared = Array.from({ length: 10 }, (_, i) => ['shared', String(i)]);
await Promise.all([...own, ...shared].map((prefix) => amendPrefix(home, prefix)));
await vite.close();
