import { parseJson } from '@codex/base';

const LINE = /^( *)([A-Za-z][A-Za-z0-9_-]*):(?: (.*))?$/;
/** Texts without anything that means something to YAML. */
const PLAIN = /^[A-Za-z][^:#\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;
const NO_TEXT = new Set(['true', 'false', 'null']);

interface Line {
  readonly indent: number;
  readonly key: string;
  /** Undefined where a mapping follows. */
  readonly value: unknown;
}

/**
 * Reads the YAML that most heads of skills are made of, mappings of plain texts and of JSON values; undefined for
 * everything else, right or wrong. The real reader takes longer to load than a whole start may take.
 */
export function parsePlainYaml(text: string): Record<string, unknown> | undefined {
  const lines: Line[] = [];
  for (const written of text.split('\n')) {
    if (written === '') continue;
    const [, indent = '', key = '', rest] = LINE.exec(written) ?? [];
    const value = rest === undefined ? undefined : scalar(rest);
    if (key === '' || (rest !== undefined && value === undefined)) return undefined;
    lines.push({ indent: indent.length, key, value });
  }
  const [table, next] = mapping(lines, 0, 0) ?? [];
  return next === lines.length ? table : undefined;
}

/** The lines from `at` on that stand `indent` spaces from the edge, and where they end; undefined when that is unclear. */
function mapping(lines: readonly Line[], at: number, indent: number): [Record<string, unknown>, number] | undefined {
  const table: Record<string, unknown> = {};
  let next = at;
  for (let line = lines[next]; line !== undefined && line.indent === indent; line = lines[next]) {
    if (Object.hasOwn(table, line.key)) return undefined;
    const below = lines[next + 1]?.indent ?? 0;
    if (line.value !== undefined) {
      if (below > indent) return undefined;
      table[line.key] = line.value;
      next++;
      continue;
    }
    if (below <= indent) return undefined;
    const inner = mapping(lines, next + 1, below);
    if (!inner) return undefined;
    [table[line.key], next] = inner;
  }
  return next > at && (lines[next]?.indent ?? 0) <= indent ? [table, next] : undefined;
}

function scalar(text: string): unknown {
  if (/^["[{]/.test(text)) {
    const json = parseJson(text);
    return json.ok ? json.value : undefined;
  }
  const isText = PLAIN.test(text) && text.trim() === text && !NO_TEXT.has(text.toLowerCase());
  return isText ? text : undefined;
}
