import { describe, expect, it } from 'vitest';
import { roleChanges } from '../src/index.ts';
import { world } from './setup.ts';

describe('the file of a role', () => {
  it('changes what it speaks of, over profiles and files, and nothing else', async () => {
    const w = world('model = "a"\nprofile = "p"\n[profiles.p]\nmodel_verbosity = "low"\n');
    const role = w.write(
      'home/roles/r.toml',
      'model = "b"\nmodel_instructions_file = "r.md"\nsandbox_mode = "read-only"\n',
    );
    w.write('home/roles/r.md', 'Be brief.');
    const config = await w.config({ settings: { model: 'typed', sandbox: 'danger-full-access' } });
    const { toml, ...changes } = roleChanges(config, role, {});
    expect(toml?.['model']).toBe('b');
    expect(changes).toEqual({ model: 'b', baseInstructions: 'Be brief.' });
  });

  it.each([
    ['model = 3\n', /r\.toml: invalid type: integer `3`/],
    ['model =\n', /r\.toml:1:\d+: /],
    ['model_provider = "none"\n', /r\.toml: Model provider `none` not found/],
  ])('that is wrong is named: %j', async (text, message) => {
    const w = world();
    const config = await w.config();
    expect(() => roleChanges(config, w.write('home/r.toml', text), {})).toThrow(message);
  });

  it('that is missing is named', async () => {
    const w = world();
    const config = await w.config();
    expect(() => roleChanges(config, `${w.home}/none.toml`, {})).toThrow(/none\.toml: there is no such file/);
  });
});
