import type { JudgedRequirement, RequirementState } from '../../lambdas/core/controls/judge-standards.ts';
import { STANDARDS, type StandardId } from '../../lambdas/core/controls/standards.ts';
import { makeVisible } from '../output/visible.ts';

export interface StandardReport {
  readonly standard: StandardId;
  readonly requirements: readonly JudgedRequirement[];
}

const STATES: readonly RequirementState[] = ['failed', 'suppressed', 'passed', 'unknown', 'unmapped'];

/** How many requirements are in each state. */
export function countStates(requirements: readonly JudgedRequirement[]): Record<RequirementState, number> {
  const counts = { failed: 0, suppressed: 0, passed: 0, unknown: 0, unmapped: 0 };
  for (const { state } of requirements) counts[state] += 1;
  return counts;
}

/** A table with a line for each standard, then what failed. */
export function describeAsTable(reports: readonly StandardReport[]): string {
  const head = ['standard'.padEnd(36), ...['all', ...STATES].map((name) => name.padStart(11))].join('');
  const lines = reports.map(({ standard, requirements }) => {
    const counts = countStates(requirements);
    const numbers = [requirements.length, ...STATES.map((state) => counts[state])];
    return [STANDARDS[standard].title.padEnd(36), ...numbers.map((number) => String(number).padStart(11))].join('');
  });
  const failed = reports.flatMap(({ standard, requirements }) =>
    requirements
      .filter(({ state }) => state === 'failed')
      .map(({ requirement, rules }) => makeVisible(`FAILED ${standard} ${requirement}: ${rules.join(', ')}`)),
  );
  return `${[head, ...lines, ...(failed.length > 0 ? ['', ...failed] : [])].join('\n')}\n`;
}

/** One HTML file that needs nothing else: no script, no other file. Everything that is put in is escaped. `at`: Unix milliseconds. */
export function describeAsHtml(reports: readonly StandardReport[], at: number): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Countersign: controls and standards</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border: 1px solid; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.failed { font-weight: 700; }
</style>
</head>
<body>
<main>
<h1>Controls and standards</h1>
<p>Made ${escapeHtml(new Date(at).toISOString())}. A requirement that passed was looked at by the rules named and nothing failed; it is no statement that an account is compliant.</p>
${makeTable(
  'Summary',
  ['Standard', 'All', ...STATES],
  reports.map(({ standard, requirements }) => {
    const counts = countStates(requirements);
    return { cells: [STANDARDS[standard].title, requirements.length, ...STATES.map((state) => counts[state])] };
  }),
)}
${reports
  .map(({ standard, requirements }) =>
    makeTable(
      STANDARDS[standard].title,
      ['Requirement', 'State', 'Rules that told', 'Rules'],
      requirements.map(({ requirement, state, seen, rules }) => ({
        cells: [requirement, state, `${seen} of ${rules.length}`, rules.join(', ') || 'none'],
        state,
      })),
    ),
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

interface Row {
  readonly cells: readonly (string | number)[];
  readonly state?: RequirementState;
}

function makeTable(caption: string, head: readonly string[], rows: readonly Row[]): string {
  const columns = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const lines = rows.map(({ cells: [first = '', ...rest], state }) => {
    const cells = rest.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('');
    return `<tr${state === undefined ? '' : ` class="${state}"`}><th scope="row">${escapeHtml(String(first))}</th>${cells}</tr>`;
  });
  return `<table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${columns}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>`;
}

function escapeHtml(text: string): string {
  return makeVisible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
