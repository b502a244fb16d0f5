import { tokenise } from './tokens.mjs';

const is = (token, text) => token !== undefined && token.kind !== 'string' && token.text === text;

/**
 * What one file imports and which of the watched names it uses.
 * Imports: { name, line, typeOnly, dynamic }; `name` is null for a dynamic import that is not a literal.
 * Uses: { use, line } with `use` such as 'Date.now', 'export default', 'it.skip'.
 */
export function scan(source) {
  const tokens = tokenise(source);
  const imports = [];
  const uses = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || is(tokens[at - 1], '.')) return;
    const next = tokens[at + 1];
    if (token.text === 'import' && !is(next, ':')) scanImport(tokens, at, imports, uses);
    else if (token.text === 'export') scanExport(tokens, at, imports, uses);
    else if (token.text === 'require' && is(next, '(') && tokens[at + 2]?.kind === 'string') {
      imports.push({ name: tokens[at + 2].text, line: token.line, typeOnly: false, dynamic: true });
    } else scanUse(tokens, at, uses);
  });
  return { imports, uses };
}

function scanImport(tokens, at, imports, uses) {
  const { line } = tokens[at];
  const next = tokens[at + 1];
  if (is(next, '.')) uses.push({ use: 'import.meta', line });
  else if (is(next, '(')) {
    const name = tokens[at + 2];
    imports.push({ name: name?.kind === 'string' ? name.text : null, line, typeOnly: false, dynamic: true });
  } else if (next?.kind === 'string') imports.push({ name: next.text, line, typeOnly: false, dynamic: false });
  else scanFrom(tokens, at + 1, line, imports);
}

function scanExport(tokens, at, imports, uses) {
  const { line } = tokens[at];
  const next = tokens[at + 1];
  if (is(next, 'default')) uses.push({ use: 'export default', line });
  const afterType = is(next, 'type') ? at + 2 : at + 1;
  if (is(tokens[afterType], '*')) uses.push({ use: 'export *', line });
  if (is(tokens[afterType], '*') || is(tokens[afterType], '{')) scanFrom(tokens, at + 1, line, imports);
}

/** From after `import` or `export` to the module's name; a clause without `from` (a plain export list) yields nothing. */
function scanFrom(tokens, start, line, imports) {
  const whole = is(tokens[start], 'type') && !is(tokens[start + 1], 'from') && !is(tokens[start + 1], ',');
  let at = whole ? start + 1 : start;
  let inline = false;
  let values = false;
  for (; at < tokens.length && !is(tokens[at], 'from'); at++) {
    if (is(tokens[at], ';')) return;
    if (is(tokens[at], '{')) {
      const close = tokens.findIndex((token, index) => index > at && is(token, '}'));
      if (close < 0) return;
      for (const specifier of specifiers(tokens.slice(at + 1, close))) {
        if (is(specifier[0], 'type') && specifier.length > 1) inline = true;
        else values = true;
      }
      at = close;
      if (!is(tokens[at + 1], 'from')) return;
    } else if (tokens[at].kind === 'word') values = true;
  }
  const name = tokens[at + 1];
  if (name?.kind === 'string')
    imports.push({ name: name.text, line, typeOnly: whole || (inline && !values), dynamic: false });
}

function specifiers(tokens) {
  /** @type {any[][]} */
  const lists = [[]];
  for (const token of tokens) {
    if (is(token, ',')) lists.push([]);
    else lists.at(-1)?.push(token);
  }
  return lists.filter((list) => list.length > 0);
}

const MEMBERS = {
  Date: ['now'],
  Math: ['random'],
  process: ['env'],
  vi: ['mock', 'doMock', 'hoisted'],
  it: ['skip', 'todo', 'only', 'skipIf', 'runIf', 'fails'],
  test: ['skip', 'todo', 'only', 'skipIf', 'runIf', 'fails'],
  describe: ['skip', 'todo', 'only', 'skipIf', 'runIf'],
};
const NAMES = new Set(['setTimeout', 'setInterval', 'randomUUID', 'xit', 'xdescribe', 'xtest']);

function scanUse(tokens, at, uses) {
  const { text, line } = tokens[at];
  const member = is(tokens[at + 1], '.') ? tokens[at + 2]?.text : undefined;
  if (text === 'console' && member !== undefined) uses.push({ use: 'console', line });
  else if (Object.hasOwn(MEMBERS, text) && MEMBERS[text].includes(member))
    uses.push({ use: `${text}.${member}`, line });
  else if (text === 'Date' && is(tokens[at + 1], '(')) {
    if (is(tokens[at - 1], 'new') && is(tokens[at + 2], ')')) uses.push({ use: 'new Date()', line });
  } else if (NAMES.has(text) && !is(tokens[at + 1], ':')) uses.push({ use: text, line });
}
