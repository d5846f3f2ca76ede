import { makeVisible } from '../output/visible.ts';
import type { CaseOutcome } from './run-case.ts';

/** All outcomes for people: a line for each case, with what is different below it. */
export function describeOutcomes(outcomes: readonly CaseOutcome[]): string {
  const failed = outcomes.filter(({ passed }) => !passed).length;
  const sum = `${outcomes.length} ${outcomes.length === 1 ? 'case' : 'cases'}, ${outcomes.length - failed} as expected, ${failed} not`;
  return `${[...outcomes.flatMap(describeOutcome), sum].join('\n')}\n`;
}

function describeOutcome(outcome: CaseOutcome): readonly string[] {
  const { name, expected, actual, passed } = outcome;
  if (passed) return [`ok    ${makeVisible(name)}: ${describeExpected(expected)}`];
  const wanted = expected.verdict === actual.verdict ? `the reason ${expected.reason}` : describeExpected(expected);
  return [
    `FAIL  ${makeVisible(name)}`,
    `      expected: ${wanted}`,
    `      actual:   ${actual.verdict}`,
    ...actual.reasons.slice(0, 5).map(({ code, message }) => `        ${makeVisible(`${message} [${code}]`)}`),
  ];
}

function describeExpected({ verdict, reason }: CaseOutcome['expected']): string {
  return reason === undefined ? verdict : `${verdict} [${reason}]`;
}

/** All outcomes as JUnit writes them (the form that Jenkins, GitLab and GitHub's actions read). */
export function formatJunit(file: string, outcomes: readonly CaseOutcome[]): string {
  const failed = outcomes.filter(({ passed }) => !passed).length;
  const cases = outcomes.map((outcome) => {
    const start = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(outcome.name)}"`;
    if (outcome.passed) return `${start}/>`;
    const text = escapeXml(describeOutcome(outcome).slice(1).join('\n'));
    return `${start}>\n      <failure message="expected ${escapeXml(describeExpected(outcome.expected))}, got ${outcome.actual.verdict}">${text}</failure>\n    </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${escapeXml(file)}" tests="${outcomes.length}" failures="${failed}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Line by line, so that line feeds stay and everything else that XML forbids is written out. */
function escapeXml(text: string): string {
  return text
    .split('\n')
    .map((line) => makeVisible(line).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ''))
    .join('\n');
}
