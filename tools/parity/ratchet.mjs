/**
 * Applies the exceptions to the scenarios' results ({ name, differences }). An exception { scenario, difference, reason }
 * takes out the differences its two patterns match. Returns the results that remain and the exceptions that matched none.
 */
export function applyExceptions(results, exceptions) {
  const rules = exceptions.map((entry) => {
    for (const field of ['scenario', 'difference', 'reason']) {
      if (typeof entry[field] !== 'string' || entry[field].trim() === '')
        throw new Error(`exceptions.json: ${field} is missing in ${JSON.stringify(entry)}`);
    }
    return { entry, scenario: new RegExp(entry.scenario), difference: new RegExp(entry.difference), used: false };
  });
  const judged = results.map(({ name, differences }) => {
    const open = differences.filter((difference) => {
      const rule = rules.find((candidate) => candidate.scenario.test(name) && candidate.difference.test(difference));
      if (rule) rule.used = true;
      return !rule;
    });
    return { name, differences: open, excepted: differences.length - open.length };
  });
  return { judged, unused: rules.filter((rule) => !rule.used).map((rule) => rule.entry) };
}

/**
 * Compares what passes with the list of what passed before. `fallen`: listed, ran and failed. `risen`: passes, not listed.
 * `gone`: listed, but a full run no longer has it. `list`: the new list; nothing leaves it by itself.
 */
export function compareWithList(judged, passing, { full }) {
  const ran = new Map(judged.map((result) => [result.name, result.differences.length === 0]));
  const risen = [...ran].filter(([name, ok]) => ok && !passing.includes(name)).map(([name]) => name);
  return {
    fallen: passing.filter((name) => ran.get(name) === false),
    gone: full ? passing.filter((name) => !ran.has(name)) : [],
    risen,
    list: [...passing, ...risen].sort(),
  };
}
