import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { turn } from '../scenarios.mjs';

const PROCESSES = 8;
const CLAIMS = { email: 'soak@example.com', 'https://api.openai.com/auth': { chatgpt_account_id: 'acc' } };
const ID_TOKEN = ['{}', JSON.stringify(CLAIMS), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');

/** Many processes whose ChatGPT login is refused at the same moment: it is renewed once, and nobody is signed out. */
export const login = {
  about: `${PROCESSES} processes on one home whose login is refused at once; in every second round one is killed while it renews it`,
  unit: 'rounds',
  full: 20,
  small: 2,
  async run(world, size) {
    const violations = [];
    const figures = { rounds: 0, turns: 0, renewals: 0, killed: 0 };
    for (let round = 0; round < size; round++) {
      await oneRound(world, round % 2 === 1, figures, (text) => violations.push(`round ${round}: ${text}`));
      figures.rounds += 1;
      world.say(`${figures.rounds} rounds`);
    }
    return { figures, violations };
  },
};

async function oneRound(world, kills, figures, report) {
  const { http, say, startMockModel } = world.packages;
  const model = await startMockModel({
    steps: [{ kind: 'made', make: ({ headers }) => (isOld(headers) ? http(401) : [say('fine')]), repeat: true }],
  });
  const issuer = await startIssuer(kills);
  const dirs = world.home();
  const file = path.join(dirs.home, 'auth.json');
  const tokens = {
    id_token: ID_TOKEN,
    access_token: 'soak-access-0',
    refresh_token: 'soak-refresh-0',
    account_id: 'acc',
  };
  fs.writeFileSync(file, JSON.stringify({ auth_mode: 'chatgpt', tokens, last_refresh: new Date().toISOString() }));
  const args = ['-c', 'model_provider="openai"', '-c', `openai_base_url="${model.url}/v1"`];
  const env = { CODEX_REFRESH_TOKEN_URL_OVERRIDE: issuer.url };
  const open = async () => {
    const program = await world.open(dirs, { args, env });
    return { program, thread: await program.thread() };
  };
  const all = await Promise.all(Array.from({ length: PROCESSES + (kills ? 1 : 0) }, open));
  const victim = kills ? all.shift() : undefined;
  if (victim) {
    await victim.program.begin(victim.thread.id, 'hello');
    await issuer.reached;
    await victim.program.kill();
    figures.killed += 1;
  }
  await Promise.all(
    all.map(async ({ program, thread }) => {
      const { status, error } = await turn(program, thread.id, 'hello');
      if (status !== 'completed') report(`a turn ended as ${status}: ${error?.message}`);
      figures.turns += 1;
      if (/soak-(access|refresh)-/.test(JSON.stringify(program.messages) + program.stderr)) report('a token was told');
      for (const wrong of await program.close()) report(wrong);
    }),
  );
  judgeFile(file, report);
  if (issuer.granted() !== 1) report(`renewed ${issuer.granted()} times`);
  figures.renewals += issuer.granted();
  issuer.close();
  await model.close();
}

function judgeFile(file, report) {
  const { tokens } = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (tokens.access_token !== 'soak-access-1') report(`the stored token is ${tokens.access_token}`);
  if ((fs.statSync(file).mode & 0o777) !== 0o600) report('others can read auth.json');
  const left = fs.readdirSync(path.dirname(file)).filter((name) => name.startsWith('auth.json.'));
  if (left.length > 0) report(`left behind: ${left.join(', ')}`);
}

function isOld(headers) {
  return headers.authorization === 'Bearer soak-access-0';
}

/** Grants each refresh token once; with `silent` the first request gets no answer. */
async function startIssuer(silent) {
  const used = new Set();
  let isFirst = true;
  let reach = () => {};
  /** @type {Promise<void>} */
  const reached = new Promise((resolve) => {
    reach = resolve;
  });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      reach();
      const unheard = silent && isFirst;
      isFirst = false;
      if (unheard) return;
      const { refresh_token: token } = JSON.parse(body);
      const isNew = !used.has(token);
      used.add(token);
      const n = used.size;
      const granted = { id_token: ID_TOKEN, access_token: `soak-access-${n}`, refresh_token: `soak-refresh-${n}` };
      response.writeHead(isNew ? 200 : 401);
      response.end(JSON.stringify(isNew ? granted : { error: { code: 'refresh_token_reused' } }));
    });
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/oauth/token`,
    reached,
    granted: () => used.size,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
