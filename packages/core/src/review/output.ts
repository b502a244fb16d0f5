import { isObject, parseJson } from '@codex/base';

export interface Finding {
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export interface ReviewOutput {
  readonly explanation: string;
  readonly findings: readonly Finding[];
}

/** What a reviewer wrote: JSON, JSON among other text, or else plain words (core specification §19.1). */
export function readReview(text: string): ReviewOutput {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  const found = [text, from >= 0 && to > from ? text.slice(from, to + 1) : ''].map(readJson).find((each) => each);
  return found ?? { explanation: text, findings: [] };
}

/** The review as text for people; empty when there is nothing to say. */
export function renderReview({ explanation, findings }: ReviewOutput): string {
  const said = explanation.trim();
  if (findings.length === 0) return said;
  const title = findings.length === 1 ? 'Review comment:' : 'Full review comments:';
  return [said, title, findings.map(renderFinding).join('\n\n')].filter(Boolean).join('\n\n');
}

function renderFinding({ title, body, path, start, end }: Finding): string {
  const lines = body.split('\n').map((line) => `  ${line}`);
  return [`- ${title} — ${path}:${start}-${end}`, ...lines].join('\n');
}

function readJson(text: string): ReviewOutput | null {
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) return null;
  const { findings, overall_explanation: explanation } = parsed.value;
  if (!Array.isArray(findings) && typeof explanation !== 'string') return null;
  return {
    explanation: typeof explanation === 'string' ? explanation : '',
    findings: (Array.isArray(findings) ? findings : []).flatMap((each) => (isObject(each) ? readFinding(each) : [])),
  };
}

/** A finding without a title or a place is none. */
function readFinding({ title, body, code_location: location }: Record<string, unknown>): Finding[] {
  if (typeof title !== 'string' || !isObject(location)) return [];
  const { absolute_file_path: path, line_range: range } = location;
  if (typeof path !== 'string') return [];
  const line = (key: 'start' | 'end') => {
    const value = isObject(range) ? range[key] : null;
    return typeof value === 'number' && Number.isInteger(value) ? value : 0;
  };
  return [{ title, body: typeof body === 'string' ? body : '', path, start: line('start'), end: line('end') }];
}
