import type { EmbeddedService } from './embedded-service.ts';
import type { ExpectedFinding, Scenario, ScenarioImage } from './scenarios/scenario.ts';

/** How a scenario ended. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly image: ScenarioImage;
  readonly state: string;
  readonly finding: ExpectedFinding;
  readonly asExpected: boolean;
}

/** Runs scenarios one after the other and waits until nothing is under way any more. */
export async function checkScenarios(
  service: EmbeddedService,
  scenarios: readonly Scenario[],
): Promise<readonly ScenarioResult[]> {
  const runs: { readonly scenario: Scenario; readonly image: ScenarioImage }[] = [];
  for (const scenario of scenarios) runs.push({ scenario, image: await service.run(scenario) });
  await service.settle();
  return runs.map(({ scenario, image }) => {
    const trace = `${image.repository}@${image.digest}`;
    const state = service.observations.verdictOf(trace)?.state ?? 'none';
    const finding = readFinding(service, trace);
    const asExpected = state === scenario.expected.state && finding === scenario.expected.finding;
    return { scenario, image, state, finding, asExpected };
  });
}

function readFinding(service: EmbeddedService, trace: string): ExpectedFinding {
  const finding = service.observations.findingOf(trace);
  if (finding === undefined) return 'none';
  return finding.RecordState === 'ARCHIVED' ? 'archived' : 'open';
}

/** A table for people: one line for each scenario, the wrong ones marked. */
export function describeResults(results: readonly ScenarioResult[]): string {
  const rows = [
    ['', 'scenario', 'image', 'state', 'finding'],
    ...results.map(({ scenario, image, state, finding, asExpected }) => [
      asExpected ? 'ok' : 'WRONG',
      scenario.name,
      `${image.repository}@${image.digest.slice(0, 19)}`,
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
