import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appToolName, connectorOf, isHiddenApp } from '../src/connected-apps.ts';

const app = (name: string) => ({ id: 'connector_x', name, description: null });

test.each([
  ['Gmail', 'gmail_search', 'gmail_search'],
  ['Gmail', 'gmail_GET', 'gmail_get'],
  ['Gmail', 'Gmail Search', 'gmail_search'],
  ['Gmail', 'Foo_Bar', 'gmailfoo_bar'],
  ['Gmail', 'gmail', 'gmailgmail'],
  ['Google Calendar', 'Google Calendar_list events', 'google_calendar_list_events'],
  ['My App!', 'My App!_y', 'my_app__y'],
  ['My App!', 'a.b-c', 'my_appa_b_c'],
  ['é', '__x', 'appx'],
])('a tool of %s called %s is %s for the model', (name, tool, expected) => {
  expect(appToolName(app(name), tool)).toBe(`mcp__codex_apps__${expected}`);
});

test('every name is one that models take', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, tool) => {
      expect(appToolName(app(name), tool)).toMatch(/^mcp__codex_apps__[a-z0-9_]*$|^.{24}[0-9a-f]{40}$/);
      expect(appToolName(app(name), tool).length).toBeLessThanOrEqual(64);
    }),
  );
});

test('a tool tells which app it is of', () => {
  const tool = (meta: unknown) => connectorOf({ name: 't', _meta: meta });
  const full = { connector_id: 'connector_a', connector_name: ' A ', connector_description: 'Does a.' };
  expect(tool(full)).toEqual({ id: 'connector_a', name: 'A', description: 'Does a.' });
  expect(tool({ connector_id: 'connector_a' })).toEqual({ id: 'connector_a', name: 'connector_a', description: null });
  for (const none of [undefined, null, 'x', {}, { connector_id: 5 }, { connector_id: 'connector_openai_mail' }]) {
    expect(tool(none)).toBeNull();
  }
  expect([isHiddenApp('connector_openai_x'), isHiddenApp('connector_x')]).toEqual([true, false]);
});
