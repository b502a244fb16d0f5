// Writes test/fixtures/wire-facts.json from a directory made by the reference implementation:
//   codex app-server generate-json-schema --experimental --out DIR && node scripts/extract-wire-facts.mjs DIR
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { methodTypes, typeLine } from './wire-facts.mjs';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: node scripts/extract-wire-facts.mjs SCHEMA_DIRECTORY');
const bundle = JSON.parse(readFileSync(join(directory, 'codex_app_server_protocol.schemas.json'), 'utf8'));
const { v2, ...older } = bundle.definitions;
const definitions = { ...older, ...v2 };
const envelopes = ['ClientRequest', 'ServerRequest', 'ServerNotification'];
const facts = {
  ...Object.fromEntries(envelopes.map((name) => [name, Object.fromEntries(methodTypes(definitions[name]))])),
  types: Object.fromEntries(
    Object.entries(definitions)
      .filter(
        ([name]) =>
          !/^(JSONRPC|W3c|AbsolutePathBuf|ThreadId)|^Client(Request|Notification)$|^Server(Request|Notification)$/.test(
            name,
          ),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => [name, typeLine(schema)]),
  ),
};
writeFileSync(new URL('../test/fixtures/wire-facts.json', import.meta.url), `${JSON.stringify(facts, null, 1)}\n`);
