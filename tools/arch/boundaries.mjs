/**
 * The picture of the repository as one table: which package stands on which floor, what it may import, which Node
 * built-ins and which outside libraries it may use. package.json dependencies must say the same.
 * `types` lists packages of which only types may be imported. A package imports only from lower floors; an app may be
 * reached by the multitool alone.
 */
export const FLOORS = ['ground', 'model', 'parts', 'engine', 'edges', 'apps', 'multitool', 'tools'];

const ANY = 'any';
const PURE = ['path', 'string_decoder', 'url', 'util'];
const FILES = ['fs', 'os', ...PURE];
const NETWORK = ['http', 'https', 'net', 'tls', 'zlib', 'stream'];

export const PACKAGES = {
  'packages/base': {
    floor: 'ground',
    imports: [],
    builtins: ['crypto', 'events', 'fs', 'path'],
    libraries: [],
  },
  'packages/protocol': { floor: 'ground', imports: ['base'], builtins: ['path'], libraries: ['zod'] },

  'packages/timeline': { floor: 'model', imports: ['base', 'protocol'], builtins: [], libraries: [] },
  'packages/shell-command': { floor: 'model', imports: ['base'], builtins: PURE, libraries: [] },
  'packages/apply-patch': {
    floor: 'model',
    imports: ['base'],
    builtins: ['crypto', 'fs', ...PURE],
    libraries: ['diff'],
  },
  'packages/network-proxy': {
    floor: 'model',
    imports: ['base'],
    builtins: ['dns', 'http', 'net', 'stream'],
    libraries: [],
  },

  'packages/execpolicy': {
    floor: 'parts',
    imports: ['base', 'shell-command'],
    builtins: ['fs', 'os', 'path'],
    libraries: [],
  },
  'packages/rollout': {
    floor: 'parts',
    imports: ['base', 'protocol', 'shell-command', 'timeline'],
    builtins: [...FILES, 'crypto', 'stream', 'readline', 'timers'],
    libraries: [],
  },
  'packages/state': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: ['fs', 'path', 'timers'],
    libraries: ['better-sqlite3'],
  },
  'packages/config': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: [...FILES, 'crypto'],
    libraries: ['smol-toml'],
  },
  'packages/auth': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: [...FILES, ...NETWORK, 'crypto', 'events'],
    libraries: [],
  },
  'packages/models': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: ['fs', ...PURE, ...NETWORK],
    libraries: ['openai', 'zod'],
  },
  'packages/mcp-client': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: ['child_process', 'crypto', 'fs', 'http', 'net', ...PURE],
    libraries: ['@modelcontextprotocol/sdk', 'zod'],
  },
  'packages/skills': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: ['fs', 'path'],
    libraries: ['yaml'],
  },
  'packages/plugins': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: ['fs', 'path'],
    libraries: [],
  },
  'packages/sandbox': {
    floor: 'parts',
    imports: ['base', 'protocol'],
    builtins: [...FILES, 'child_process', 'net', 'stream', 'string_decoder'],
    libraries: ['@lydell/node-pty'],
  },

  'packages/core': {
    floor: 'engine',
    imports: [
      'apply-patch',
      'base',
      'config',
      'execpolicy',
      'mcp-client',
      'models',
      'network-proxy',
      'protocol',
      'rollout',
      'sandbox',
      'shell-command',
      'skills',
      'timeline',
    ],
    types: ['config'],
    builtins: PURE,
    libraries: ['sharp'],
  },

  'packages/server': {
    floor: 'edges',
    imports: [
      'apply-patch',
      'auth',
      'base',
      'config',
      'core',
      'execpolicy',
      'mcp-client',
      'models',
      'network-proxy',
      'plugins',
      'protocol',
      'rollout',
      'sandbox',
      'skills',
      'state',
      'timeline',
    ],
    builtins: ANY,
    libraries: [],
  },
  'packages/app-server-client': {
    floor: 'edges',
    imports: ['base', 'protocol', 'timeline'],
    builtins: ['child_process', 'stream', ...PURE],
    libraries: ['ws'],
  },

  'apps/app-server': {
    floor: 'apps',
    imports: ['base', 'config', 'protocol', 'server'],
    builtins: ANY,
    libraries: ['@fastify/websocket', 'fastify', 'pino', 'ws'],
  },
  'apps/exec': {
    floor: 'apps',
    imports: ['app-server-client', 'base', 'config', 'protocol', 'server'],
    builtins: ANY,
    libraries: [],
  },
  'apps/test-client': {
    floor: 'apps',
    imports: ['app-server-client', 'base', 'protocol'],
    builtins: ANY,
    libraries: [],
  },
  'apps/tui': {
    floor: 'apps',
    imports: ['app-server-client', 'base', 'config', 'protocol', 'server'],
    builtins: ANY,
    libraries: ['@mariozechner/pi-tui'],
  },
  'apps/cli': {
    floor: 'multitool',
    imports: [
      'app-server',
      'auth',
      'base',
      'config',
      'exec',
      'execpolicy',
      'mcp-client',
      'models',
      'network-proxy',
      'sandbox',
      'test-client',
      'tui',
    ],
    builtins: ANY,
    libraries: [],
  },

  'tools/arch': { floor: 'tools' },
  'tools/bench': { floor: 'tools' },
  'tools/build': { floor: 'tools' },
  'tools/check': { floor: 'tools' },
  'tools/mock-model': { floor: 'tools' },
  'tools/mock-mcp': { floor: 'tools' },
  'tools/parity': { floor: 'tools' },
  'tools/soak': { floor: 'tools' },
};

/** Tests, scripts and configuration of a package, and the tools: they do not run inside the program. */
const AROUND = String.raw`tools\/|(packages|apps)\/[^/]+\/(?!src\/)`;
const around = (...more) => new RegExp(`^(${[AROUND, ...more].join('|')})`);

/** Where a watched name may be used, by path; everywhere else it is a violation. */
export const USES = [
  {
    uses: ['Date.now', 'new Date()', 'Math.random', 'setTimeout', 'setInterval', 'randomUUID'],
    allowed: around('packages/base/', 'apps/'),
    because: 'time and chance come from base (Clock, Ids)',
  },
  {
    uses: ['process.env'],
    allowed: around('packages/config/', 'apps/'),
    because: 'the environment is read in apps and config only',
  },
  { uses: ['console'], allowed: around('apps/'), because: 'packages log through the Logger they are given' },
  { uses: ['export default'], allowed: /\.config\.(ts|mjs)$/, because: 'named exports only' },
  { uses: ['export *'], allowed: /^$/, because: 'a surface is a list of names' },
  {
    uses: ['import.meta'],
    allowed: around(),
    because: 'sources are bundled: files beside them are not there at run time',
  },
  {
    uses: ['vi.mock', 'vi.doMock', 'vi.hoisted'],
    allowed: /^$/,
    because: 'tests pass other arguments, they do not replace modules',
  },
  {
    uses: ['it', 'test', 'describe']
      .flatMap((name) => ['skip', 'todo', 'only', 'skipIf', 'runIf', 'fails'].map((how) => `${name}.${how}`))
      .concat(['xit', 'xtest', 'xdescribe']),
    allowed: /^$/,
    because: 'every test runs',
  },
];
