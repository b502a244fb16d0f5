import path from 'node:path';
import { splitWords } from '@codex/shell-command';
import { readDecision, readNetworkDecision, normalizeHost, readProtocol } from './network.ts';
import type { NetworkRule, PatternToken, PrefixRule } from './rule.ts';
import { builtin, type Given } from './starlark/arguments.ts';
import { Fault, type Span } from './starlark/fault.ts';
import type { HostFunction } from './starlark/interpret.ts';
import { type Arguments, type List, typeOf, type Value } from './starlark/value.ts';

/** What the calls of a file have collected. */
export interface Collected {
  readonly prefix: PrefixRule[];
  readonly network: NetworkRule[];
  readonly hosts: Map<string, readonly string[]>;
  /** Checked when the file is through. */
  readonly examples: ExampleCheck[];
}

/** The examples of one `prefix_rule` call and the rules that call made. */
export interface ExampleCheck {
  readonly rules: readonly PrefixRule[];
  readonly match: readonly (readonly string[])[];
  readonly notMatch: readonly (readonly string[])[];
  readonly span: Span;
}

/** The three functions of a rules file (execpolicy specification §2); each call adds to `into`. */
export function ruleFunctions(into: Collected): HostFunction[] {
  return [
    hostFunction('prefix_rule', ['pattern', 'decision?', 'match?', 'not_match?', 'justification?'], (given, span) => {
      const decision = readDecision(given.optionalText('decision') ?? 'allow');
      // Types are checked before any content is.
      const pattern = given.list('pattern');
      const match = given.optionalList('match');
      const notMatch = given.optionalList('not_match');
      const justification = readJustification(given.optionalText('justification'));
      const [heads, ...rest] = readPattern(pattern);
      const examples = { match: readExamples(match), notMatch: readExamples(notMatch) };
      const firsts = typeof heads === 'string' ? [heads] : (heads ?? []);
      const rules = firsts.map((first) => ({ first, rest, decision, justification }));
      for (const rule of rules) into.prefix.push(rule);
      into.examples.push({ rules, ...examples, span });
    }),
    hostFunction('network_rule', ['host', 'protocol', 'decision', 'justification?'], (given) => {
      const host = given.text('host');
      const [protocolText, decisionText] = [given.text('protocol'), given.text('decision')];
      const reason = given.optionalText('justification');
      const protocol = readProtocol(protocolText);
      const decision = readNetworkDecision(decisionText);
      const justification = readJustification(reason);
      into.network.push({ host: normalizeHost(host), protocol, decision, justification });
    }),
    hostFunction('host_executable', ['name', 'paths'], (given) => {
      const name = given.text('name');
      const paths = given.list('paths');
      checkProgramName(name);
      into.hosts.set(name, [...new Set(paths.items.map((item) => readProgramPath(item, name)))]);
    }),
  ];
}

function hostFunction(name: string, params: string[], body: (given: Given, span: Span) => void): HostFunction {
  return {
    name,
    call(args: Arguments, span: Span) {
      const bound = builtin(name, params, (given) => {
        body(given, span);
        return null;
      });
      bound.call(args, { call: () => null, spend: () => {} });
    },
  };
}

function readJustification(text: string | null): string | null {
  if (text !== null && text.trim() === '') throw new Fault('invalid rule: justification cannot be empty');
  return text;
}

function readPattern(pattern: List): PatternToken[] {
  if (pattern.items.length === 0) throw invalidPattern('pattern cannot be empty');
  return pattern.items.map((item) => {
    if (typeof item === 'string') return item;
    if (!isList(item))
      throw invalidPattern(`pattern element must be a string or list of strings (got ${typeOf(item)})`);
    if (item.items.length === 0) throw invalidPattern('pattern alternatives cannot be empty');
    const alternatives = item.items.map((alternative) => {
      if (typeof alternative === 'string') return alternative;
      throw invalidPattern(`pattern alternative must be a string (got ${typeOf(alternative)})`);
    });
    const [only, ...more] = alternatives;
    return only !== undefined && more.length === 0 ? only : alternatives;
  });
}

function readExamples(examples: List | null): string[][] {
  return (examples?.items ?? []).map((item) => {
    if (typeof item === 'string') {
      const words = splitWords(item);
      if (!words) throw invalidExample('example string has invalid shell syntax');
      if (words.length === 0) throw invalidExample('example cannot be an empty string');
      return words;
    }
    if (!isList(item)) throw invalidExample(`example must be a string or list of strings (got ${typeOf(item)})`);
    if (item.items.length === 0) throw invalidExample('example cannot be an empty list');
    return item.items.map((word) => {
      if (typeof word === 'string') return word;
      throw invalidExample(`example tokens must be strings (got ${typeOf(word)})`);
    });
  });
}

function checkProgramName(name: string): void {
  if (name === '') throw new Fault('invalid rule: host_executable name cannot be empty');
  if (name === '.' || name === '..' || path.basename(name) !== name) {
    throw new Fault(`invalid rule: host_executable name must be a bare executable name (got ${name})`);
  }
}

function readProgramPath(item: Value, name: string): string {
  if (typeof item !== 'string') {
    throw new Fault(`invalid rule: host_executable paths must be strings (got ${typeOf(item)})`);
  }
  if (!path.isAbsolute(item)) throw new Fault(`invalid rule: host_executable paths must be absolute (got ${item})`);
  const resolved = path.resolve(item);
  if (programKey(path.basename(resolved)) !== programKey(name) || /\/\.\.\/?$/.test(item)) {
    throw new Fault(`invalid rule: host_executable path \`${item}\` must have basename \`${name}\``);
  }
  return resolved;
}

/** The name under which a program is looked up; Windows knows neither capitals nor the usual endings. */
export function programKey(name: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? name.toLowerCase().replace(/\.(?:exe|cmd|bat|com)$/, '') : name;
}

function isList(value: Value): value is List {
  return value !== null && typeof value === 'object' && value.kind === 'list';
}

function invalidPattern(what: string): Fault {
  return new Fault(`invalid pattern element: ${what}`);
}

function invalidExample(what: string): Fault {
  return new Fault(`invalid example: ${what}`);
}
