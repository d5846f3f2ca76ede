import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/account/clock.ts';
import type { Faults } from '../../local/account/types.ts';
import { checkScenarios, type ScenarioResult } from '../../local/check-scenarios.ts';
import { describeService } from '../../local/console/account-backend.ts';
import { stateOfThingsSchema, timelineEntrySchema } from '../../local/console/api.ts';
import { groupJourneys } from '../../local/console/ui/lanes.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { traceOfFinding } from '../../local/observations.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { traceOf } from '../../local/scenarios/scenario.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const NAMES = SCENARIOS.map(({ name }) => name);

/** Numbers that look random and are the same in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function runAll(faults: Partial<Faults>) {
  const failures: unknown[] = [];
  const service = await startEmbeddedService({
    quarantine: true,
    iam: 'enforce',
    guardDuty: 'enforce',
    clock: virtualClock(START),
    graceSeconds: 600,
    random: pseudoRandom(7),
    onFailure: (_, error) => failures.push(error),
  });
  Object.assign(service.account.faults, faults);
  const results = await checkScenarios(service, SCENARIOS);
  return { service, results, failures };
}

describe.each<[string, Partial<Faults>]>([
  ['when all goes well', {}],
  ['when everything comes twice and out of order', { duplicateRate: 0.5, reorder: true }],
  ['when AWS throttles three calls of ten', { throttleRate: 0.3, duplicateRate: 0.2, reorder: true }],
])('the scenarios %s', (_, faults) => {
  let results: readonly ScenarioResult[] = [];
  let failures: readonly unknown[] = [];
  let service: EmbeddedService;

  beforeAll(async () => {
    ({ service, results, failures } = await runAll(faults));
  }, 60_000);

  afterAll(() => service?.stop());

  test.each(NAMES)('%s ends as it says', (name) => {
    const result = results.find(({ scenario }) => scenario.name === name);

    expect({ state: result?.state, finding: result?.finding }).toEqual(result?.scenario.expected);
  });

  test('nothing failed on the way', () => {
    expect(failures).toEqual([]);
  });

  test('a subject has one finding at most', () => {
    // Those about repositories and what could be narrower come from sweeps, which come by in the longer scenarios.
    const aboutSubjects = service.observations
      .allFindings()
      .filter(({ Id }) => /^countersign\/(?:image|iam|containment)\//.test(Id));
    const traces = aboutSubjects.map(({ Id }) => traceOfFinding(Id));

    expect(traces).not.toContain(undefined);
    expect(new Set(traces).size).toBe(traces.length);
  });

  test('the console shows every image with its evidence, every principal with its drift, and their findings', async () => {
    const backend = describeService(service, SCENARIOS);

    const state = stateOfThingsSchema.parse(await backend.readState());
    const { images, findings } = state;
    const entries = backend.timeline(0).map((entry) => timelineEntrySchema.parse(entry));
    const journeys = groupJourneys(entries, state);

    for (const { subject, scenario, finding } of results) {
      const trace = traceOf(subject);
      const journey = journeys.find((known) => known.trace === trace);
      expect(journey?.state ?? 'none').toBe(scenario.expected.state);
      expect(journey?.counts.event).toBeGreaterThan(0);
      expect(journey?.counts.function).toBeGreaterThan(0);
      expect(findings.some((known) => known.trace === trace)).toBe(finding !== 'none');
    }
    const invalid = images.filter(({ state }) => state === 'invalid');
    expect(invalid.every(({ evidence }) => evidence.some(({ outcome }) => outcome === 'failed'))).toBe(true);
  });

  test('what was put right was told with what it added, done call by call and verified by a fresh read', () => {
    const subject = results.find(({ scenario }) => scenario.name === 'admin-attached')?.subject;
    const own = service.account.timeline().filter(({ trace }) => subject !== undefined && trace === traceOf(subject));
    const told = own.filter(({ step }) => step === 'finding').map(({ detail }) => JSON.stringify(detail));

    expect(told.some((finding) => /It adds escalation path/.test(finding))).toBe(true);
    expect(own.filter(({ step }) => step === 'call').map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/detach .*AdministratorAccess/),
    ]);
    expect(own.filter(({ step }) => step === 'verified')).toHaveLength(1);
    expect(subject && service.observations.driftOf(traceOf(subject))?.before?.paths).toHaveLength(1);
  });

  test('what an operator took back is undone, and stays so', () => {
    const subject = results.find(({ scenario }) => scenario.name === 'revert-undone')?.subject;
    const plans = service.observations.allPlans().filter(({ trace }) => subject && trace === traceOf(subject));

    expect(plans.map(({ state }) => state)).toEqual(['undone']);
  });
});
