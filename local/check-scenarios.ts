import type { EmbeddedService } from './embedded-service.ts';
import {
  type ExpectedFinding,
  type ExpectedStates,
  type Scenario,
  type Subject,
  traceOf,
} from './scenarios/scenario.ts';

/** How a scenario ended. */
export interface ScenarioResult {
  readonly scenario: Scenario<Subject>;
  readonly subject: Subject;
  readonly state: ExpectedStates[Subject['kind']];
  readonly finding: ExpectedFinding;
  readonly asExpected: boolean;
}

/** Runs scenarios one after the other and waits until nothing is under way any more. */
export async function checkScenarios(
  service: EmbeddedService,
  scenarios: readonly Scenario<Subject>[],
): Promise<readonly ScenarioResult[]> {
  const runs: Pick<ScenarioResult, 'scenario' | 'subject'>[] = [];
  for (const scenario of scenarios) runs.push({ scenario, subject: await service.run(scenario) });
  await service.settle();
  return runs.map(({ scenario, subject }) => {
    const state = readState(service, subject);
    const finding = readFinding(service, traceOf(subject));
    const asExpected = state === scenario.expected.state && finding === scenario.expected.finding;
    return { scenario, subject, state, finding, asExpected };
  });
}

function readState({ observations }: EmbeddedService, subject: Subject): ExpectedStates[Subject['kind']] {
  const trace = traceOf(subject);
  const known = subject.kind === 'image' ? observations.verdictOf(trace) : observations.driftOf(trace);
  return known?.state ?? 'none';
}

function readFinding(service: EmbeddedService, trace: string): ExpectedFinding {
  const finding = service.observations.findingOf(trace);
  if (finding === undefined) return 'none';
  return finding.RecordState === 'ARCHIVED' ? 'archived' : 'open';
}

/** A table for people: one line for each scenario, the wrong ones marked. */
export function describeResults(results: readonly ScenarioResult[]): string {
  const rows = [
    ['', 'scenario', 'subject', 'state', 'finding'],
    ...results.map(({ scenario, subject, state, finding, asExpected }) => [
      asExpected ? 'ok' : 'WRONG',
      scenario.name,
      traceOf(subject).replace(/(@sha256:.{12}).*/, '$1'),
      asExpected || state === scenario.expected.state ? state : `${state} (expected ${scenario.expected.state})`,
      asExpected || finding === scenario.expected.finding
        ? finding
        : `${finding} (expected ${scenario.expected.finding})`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
