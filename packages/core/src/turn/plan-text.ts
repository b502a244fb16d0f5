/** A stretch of an assistant's text: for the reader, or part of a proposed plan. */
export type PlanSegment = { kind: 'text'; text: string } | { kind: 'planStart' } | { kind: 'plan'; text: string };

export interface PlanSplitter {
  push(text: string): PlanSegment[];
  /** What was held back; a plan that is still open ends here. */
  end(): PlanSegment[];
}

const OPEN = '<proposed_plan>';
const CLOSE = '</proposed_plan>';

/**
 * Takes a streamed text apart into what is said and what is proposed (core specification §19.2). A tag counts only
 * when it is alone on its line, so the start of a line that could become one is held back until it is decided.
 */
export function planSplitter(): PlanSplitter {
  let inPlan = false;
  let held = '';
  let decided = false;

  const said = (text: string): PlanSegment[] => (text ? [{ kind: inPlan ? 'plan' : 'text', text }] : []);
  const tag = () => (inPlan ? CLOSE : OPEN);
  const couldBeTag = (line: string) => {
    const start = line.trimStart();
    return tag().startsWith(start) || (start.startsWith(tag()) && start.slice(tag().length).trim() === '');
  };

  const endLine = (line: string, lineEnd: string): PlanSegment[] => {
    const isTag = !decided && line.trim() === tag();
    decided = false;
    held = '';
    if (!isTag) return said(line + lineEnd);
    inPlan = !inPlan;
    return inPlan ? [{ kind: 'planStart' }] : [];
  };

  return {
    push(text) {
      const out: PlanSegment[] = [];
      let rest = text;
      for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
        out.push(...endLine(held + rest.slice(0, at), '\n'));
        rest = rest.slice(at + 1);
      }
      if (decided) out.push(...said(rest));
      else if (rest) {
        held += rest;
        if (!couldBeTag(held)) {
          out.push(...said(held));
          held = '';
          decided = true;
        }
      }
      return joined(out);
    },
    end: () => (held ? endLine(held, '') : []),
  };
}

/** Neighbouring pieces of one kind become one. */
function joined(segments: PlanSegment[]): PlanSegment[] {
  const out: PlanSegment[] = [];
  for (const segment of segments) {
    const last = out.at(-1);
    if (last && last.kind === segment.kind && 'text' in last && 'text' in segment) last.text += segment.text;
    else out.push(segment);
  }
  return out;
}

/** A whole message: what the reader sees, and the last plan in it; null when there is none. */
export function splitPlan(text: string): { text: string; plan: string | null } {
  const splitter = planSplitter();
  let said = '';
  let plan: string | null = null;
  for (const segment of [...splitter.push(text), ...splitter.end()]) {
    if (segment.kind === 'planStart') plan = '';
    else if (segment.kind === 'plan') plan = (plan ?? '') + segment.text;
    else said += segment.text;
  }
  return { text: said, plan };
}
