import fc from 'fast-check';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { type ConfigEdit, editConfig } from '../src/index.ts';

function set(path: string, value: unknown, merge: ConfigEdit['merge'] = 'replace'): ConfigEdit {
  return { path: path.split('.'), value, merge };
}

function edited(text: string, ...edits: ConfigEdit[]): string {
  const outcome = editConfig(text, edits);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.text;
}

function refused(text: string, ...edits: ConfigEdit[]): string {
  const outcome = editConfig(text, edits);
  if (outcome.ok) throw new Error(`accepted: ${outcome.text}`);
  return `${outcome.reason}: ${outcome.message}`;
}

test('only what is named changes', () => {
  const text = `# top
model = "old"   # why
approval_policy = "never"

[model_providers.mock] # a provider
name = 'Mock'

# keep me
[tui] # and me
theme = "dark"

# end
`;
  const edits = [
    set('model', 'new'),
    set('tools', { view_image: true }, 'upsert'),
    set('tools', { web_search: true }, 'upsert'),
    set('profiles.fast.model_reasoning_effort', 'low'),
    set('approval_policy', null),
    set('model_providers.mock.name', 'Renamed'),
    set('model_verbosity', 'low'),
  ];
  expect(edited(text, ...edits)).toBe(`# top
model = "new"   # why
model_verbosity = "low"

[model_providers.mock] # a provider
name = "Renamed"

# keep me
[tui] # and me
theme = "dark"

[tools]
view_image = true
web_search = true

[profiles.fast]
model_reasoning_effort = "low"

# end
`);
});

test('what is already so is not written again', () => {
  const text = "model   =  'x'\n[tools]\nview_image=true";
  expect(edited(text, set('model', 'x'), set('tools', { view_image: true }, 'upsert'), set('review_model', null))).toBe(
    text,
  );
});

test('a document may be empty, lack its last line end, or begin with a table', () => {
  expect(edited('', set('model', 'x'))).toBe('model = "x"\n');
  expect(edited('', set('tui.theme', 'dark'))).toBe('[tui]\ntheme = "dark"\n');
  expect(edited('model = "x"', set('review_model', 'y'))).toBe('model = "x"\nreview_model = "y"\n');
  expect(edited('[tui]\ntheme = "a"', set('model', 'x'))).toBe('model = "x"\n\n[tui]\ntheme = "a"');
});

test('tables are written as they were: with headers, dotted, or on one line', () => {
  expect(edited('tools.web_search = true\nmodel = "x"\n', set('tools.view_image', true))).toBe(
    'tools.web_search = true\ntools.view_image = true\nmodel = "x"\n',
  );
  expect(edited('notice = { a = true } # c\n', set('notice.b', 1))).toBe('notice = { a = true, b = 1 } # c\n');
  expect(edited('notice = { a = true, b = 1 }\n', set('notice.a', null))).toBe('notice = { b = 1 }\n');
  expect(edited('[a.b]\nx = 1\n\n[tui]\n', set('a.y', 2), set('a.c.z', [1, 'two']))).toBe(
    '[a.b]\nx = 1\n\n[a]\ny = 2\n\n[a.c]\nz = [1, "two"]\n\n[tui]\n',
  );
});

test('a table is replaced with all that is in it, in its place', () => {
  const text = '# one\n[mcp_servers.a] # two\ncommand = "x"\n[mcp_servers.a.env]\nK = "v"\n\n[tui]\ntheme = "dark"\n';
  expect(edited(text, set('mcp_servers.a', { command: 'y', args: ['1'], env: { Z: '1' } }))).toBe(
    '# one\n[mcp_servers.a] # two\ncommand = "y"\nargs = ["1"]\n[mcp_servers.a.env]\nZ = "1"\n\n[tui]\ntheme = "dark"\n',
  );
  expect(edited(text, set('mcp_servers.a', { env: { Z: '1' } }, 'upsert'))).toContain('K = "v"\nZ = "1"\n');
  expect(edited(text, set('mcp_servers', null))).toBe('# one\n\n[tui]\ntheme = "dark"\n');
});

test('keys and texts are quoted where they must be', () => {
  const text = edited('', { path: ['projects', '/a b.c"'], value: { trust_level: 'trusted' }, merge: 'replace' });
  expect(text).toBe('[projects."/a b.c\\""]\ntrust_level = "trusted"\n');
  expect(parse(edited('', set('x', 'a"b\\c\n\u0001\u007f')))).toEqual({ x: 'a"b\\c\n\u0001\u007f' });
});

test('impossible edits are refused and nothing is written', () => {
  expect(refused('', set('audio.x', null))).toBe('pathNotFound: Path not found');
  expect(refused('notify = ["a"]\n', set('notify.0', 'b'))).toBe('impossible: cannot set value on non-table parent');
  expect(refused('', set('x', { a: null }))).toMatch(/^impossible: invalid value: invalid type: null/);
  expect(refused('', set('model', 'fine'), set('sandbox_mode', 'none'))).toMatch(
    /^invalid: unknown variant `none`, expected one of .*\nin `sandbox_mode`\n$/,
  );
  expect(refused('model = ', set('review_model', 'x'))).toMatch(/^invalid: /);
});

test('whatever the document, the result says what it said with the edit made, or nothing is written', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd e');
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('any'), { maxLength: 2 }),
      fc.dictionary(name, tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  const style = fc.constantFrom(
    '',
    'a = 1\n',
    'a.b = 1\na.c = { d = 1 }\n',
    '# one\n[a]\nb = 1 # two\n\n# three\n[a.c]\nd = [\n 1, # x\n 2,\n]\n',
    '[a.b]\nc = """\n[x]\n"""\n[[c]]\na = 1\n[[c]]\n[c.b]\n"d e" = 1\n',
    'b = { a = { c = 1 } }\n[c]\na.b = 1\n',
  );
  const edit = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 3 }),
    value: fc.oneof(value, fc.constant(null)),
    merge: fc.constantFrom('replace' as const, 'upsert' as const),
  });
  let made = 0;
  fc.assert(
    fc.property(style, edit, (text, one) => {
      const outcome = editConfig(text, [one]);
      if (!outcome.ok) return;
      made += 1;
      const data = parse(outcome.text, { integersAsBigInt: 'asNeeded' }) as Record<string, unknown>;
      const found = one.path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], data);
      if (one.value === null) expect(found).toBeUndefined();
      else if (one.merge === 'replace' && typeof one.value !== 'object')
        expect((typeof found === 'bigint' ? Number(found) : found) === one.value).toBe(true);
      for (const comment of text.match(/# (one|three)/g) ?? []) {
        if (one.path[0] !== 'a') expect(outcome.text).toContain(comment);
      }
    }),
    { numRuns: 400 },
  );
  expect(made).toBeGreaterThan(200);
});
