/** One answer of the recorded model: what it says and what it wants done. */
export interface RecordedAnswer {
  says: string;
  /** `{node}` stands for the Node that runs the demo. */
  does: { kind: 'command'; command: string } | { kind: 'patch'; patch: string } | { kind: 'nothing' };
  /** What must be in the result of `does` for the recording to fit what really happened. */
  expects: { pattern: RegExp; otherwise: string } | null;
}

export const PROMPT = 'The test of this project fails. Find out why, repair it, and show that it passes.';

/** The project the session was recorded on. */
export const PROJECT: Readonly<Record<string, string>> = {
  'package.json': `{
  "name": "receipt",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  'src/receipt.js': `/** What a receipt adds up to, in cents; \`discount\` is in percent. */
export function total(lines, discount = 0) {
  let sum = 0;
  for (let i = 0; i < lines.length - 1; i++) {
    sum += lines[i].price * lines[i].quantity;
  }
  return Math.round(sum * (1 - discount / 100));
}
`,
  'test/receipt.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/receipt.js';

const lines = [
  { price: 250, quantity: 2 },
  { price: 100, quantity: 3 },
];

test('nothing bought costs nothing', () => assert.equal(total([]), 0));
test('every line counts', () => assert.equal(total(lines), 800));
test('a discount is taken off', () => assert.equal(total(lines, 25), 600));
`,
};

export const SESSION: readonly RecordedAnswer[] = [
  {
    says: 'I will read the code and its test first.',
    does: { kind: 'command', command: 'ls src test && cat src/receipt.js test/receipt.test.js' },
    expects: { pattern: /lines\.length - 1/, otherwise: 'the code that was read is not the code of the recording' },
  },
  {
    says: 'Before I change anything I want to see the failure itself.',
    does: { kind: 'command', command: '{node} --test --test-reporter=spec' },
    expects: { pattern: /\bfail 2\b/, otherwise: 'the test does not fail in the two places it should' },
  },
  {
    says: 'The loop ends one line early, so the last line of a receipt is never counted. That explains both failures.',
    does: {
      kind: 'patch',
      patch: `*** Begin Patch
*** Update File: src/receipt.js
@@
-  for (let i = 0; i < lines.length - 1; i++) {
-    sum += lines[i].price * lines[i].quantity;
-  }
+  for (const { price, quantity } of lines) {
+    sum += price * quantity;
+  }
*** End Patch`,
    },
    expects: { pattern: /Success|Updated/, otherwise: 'the patch was not applied' },
  },
  {
    says: 'Now the same test again.',
    does: { kind: 'command', command: '{node} --test --test-reporter=spec' },
    expects: { pattern: /\bfail 0\b/, otherwise: 'the test still fails' },
  },
  {
    says: 'All three tests pass. The loop in src/receipt.js left out the last line; it now goes over every line.',
    does: { kind: 'nothing' },
    expects: null,
  },
];
