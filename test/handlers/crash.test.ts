import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { virtualClock } from '../../local/account/clock.ts';
import { checkScenarios } from '../../local/check-scenarios.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { platformImage } from '../../local/scenarios/platform-image.ts';
import { quarantined } from '../../local/scenarios/quarantined.ts';
import { type Scenario, traceOf } from '../../local/scenarios/scenario.ts';
import { signedAfterFinding } from '../../local/scenarios/signed-after-finding.ts';
import { signedInQuarantine } from '../../local/scenarios/signed-in-quarantine.ts';
import { fullConfiguration, testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
// Nothing of what the functions here are not configured for may run.
const { config: _config, ...compiled } = fullConfiguration.compiled;
const templates = {
  observing: describeTemplate(testConfiguration.compiled),
  changing: describeTemplate({ ...compiled, trust }),
};
const START = Date.UTC(2026, 10, 23, 12, 0, 0);
/** Whether a call comes from a function, and not from what pushes images. */
const inFunction = new AsyncLocalStorage<true>();

/** The function dies at one of its calls: before it is made, or after it was made and before the answer is seen. */
interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: unknown) => {
      const handler = createHandler(wiring);
      return (...args: unknown[]) => inFunction.run(true, () => handler(...args));
    },
  };
}

/** Runs a scenario; the call of the given number fails once. Returns how it ended and how many calls there were. */
async function run(scenario: Scenario, crash: Crash) {
  const clock = virtualClock(START);
  const service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    ...(ENDS.has(scenario) ? { template: templates.changing, quarantine: true } : { template: templates.observing }),
    loadHandler,
  });
  let calls = 0;
  const { ecr, sqs, dynamodb, securityHub, ssm, ecs, lambda } = service.account.clients;
  for (const { middlewareStack } of [ecr, sqs, dynamodb, securityHub, ssm, ecs, lambda] as {
    middlewareStack: Stack;
  }[]) {
    middlewareStack.add(
      (next) => async (args) => {
        if (inFunction.getStore() === undefined) return next(args);
        calls += 1;
        const dies = calls === crash.at;
        if (dies && crash.when === 'before') throw new Error('the function died');
        const answer = await next(args);
        if (dies) throw new Error('the function died');
        return answer;
      },
      { step: 'initialize', name: 'crash', priority: 'high', override: true },
    );
  }
  const [result] = await checkScenarios(service, [scenario]);
  // The sweep is the guarantee: what the crash lost is found within the next hours.
  await clock.advance(2 * 3_600_000);
  await service.settle();
  const ended = readEnd(service, result);
  await service.stop();
  return { ...ended, calls };
}

interface Stack {
  add(
    middleware: (next: (args: unknown) => Promise<unknown>) => (args: unknown) => Promise<unknown>,
    options: { step: 'initialize'; name: string; priority: 'high'; override: boolean },
  ): void;
}

function readEnd(service: EmbeddedService, result: Awaited<ReturnType<typeof checkScenarios>>[number] | undefined) {
  const trace = result === undefined ? '' : traceOf(result.subject);
  const finding = service.observations.findingOf(trace);
  const deadLetters = service.account.timeline().filter(({ step }) => step === 'dead-letter').length;
  const { 'countersign/PlanState': plan } = z.record(z.string(), z.string()).parse(finding?.ProductFields ?? {});
  return {
    state: service.observations.verdictOf(trace)?.state,
    finding: finding?.RecordState,
    deadLetters,
    ...(plan !== undefined && { plan, text: finding?.Description }),
  };
}

/** How the plan of a quarantine ends, and what the finding says then. */
const ENDS = new Map([
  [quarantined, { plan: 'verified', text: expect.stringContaining('was applied') }],
  [signedInQuarantine, { plan: 'undone', text: expect.stringContaining('was undone, since') }],
]);

/** A quarantine makes some 130 calls and its undo as many: a part of them here, each of them with COUNTERSIGN_LONG. */
function strideOf(scenario: Scenario): number {
  if (process.env.COUNTERSIGN_LONG !== undefined || !ENDS.has(scenario)) return 1;
  return scenario === quarantined ? 3 : 7;
}

const RECORD = { open: 'ACTIVE', archived: 'ARCHIVED', none: undefined } as const;

describe.each([signedAfterFinding, platformImage, quarantined, signedInQuarantine])(
  'a crash while $name',
  (scenario) => {
    test.each(['before', 'after'] as const)(
      '%s any of the calls of the functions changes nothing of the end',
      async (when) => {
        const expected = {
          state: scenario.expected.state,
          finding: RECORD[scenario.expected.finding],
          deadLetters: 0,
          ...ENDS.get(scenario),
        };
        let at = 1;
        for (; ; at += strideOf(scenario)) {
          const { calls, ...ended } = await run(scenario, { at, when });
          if (at > calls) break;
          expect({ at, ...ended }).toEqual({ at, ...expected });
        }
        expect(at).toBeGreaterThan(8);
      },
      120_000,
    );
  },
);
