import { afterEach, expect, test } from 'vitest';
import { hashConfig } from '../../lambdas/core/config/hash.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const HOUR = 3_600_000;
const template = describeTemplate(testConfiguration.compiled);

let clock: VirtualClock;
let service: EmbeddedService;
/** What is deployed at the moment. */
let deploy = (compiled: string) => compiled;
afterEach(() => service?.stop());

/** A function whose configuration can be deployed anew: it is made again, as a new version would be. */
async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: { readonly readCompiledConfig: () => string }) => {
      const made = new Map<typeof deploy, (...args: unknown[]) => unknown>();
      return (...args: unknown[]) => {
        const version = deploy;
        const handler =
          made.get(version) ??
          createHandler({ ...wiring, readCompiledConfig: () => version(wiring.readCompiledConfig()) });
        made.set(version, handler);
        return handler(...args);
      };
    },
  };
}

/** A policy that takes signatures of the release workflow alone. */
function onlyByWorkflow(compiled: string): string {
  const { hash: _hash, ...rest } = JSON.parse(compiled);
  for (const policy of rest.trust.policy.images) policy.require = { signedBy: 'release-workflow' };
  return JSON.stringify({ ...rest, hash: hashConfig(rest) });
}

test('when the policy changes, every verdict by the old one is made again by the sweep, without an event', async () => {
  deploy = (compiled) => compiled;
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    template,
    loadHandler,
  });
  const images = [await service.run(signedByKey), await service.run(signedByKey)];
  // Signatures that were just pushed are looked at by every sweep, and their images with them.
  await clock.advance(3 * HOUR);
  const traces = images.map(({ repository, digest }) => `${repository}@${digest}`);
  const look = () =>
    traces.map((trace) => [
      service.observations.verdictOf(trace)?.state,
      service.observations.findingOf(trace)?.RecordState,
    ]);
  const before = look();
  service.account.faults.lossRate = 1;
  deploy = onlyByWorkflow;
  await clock.advance(HOUR + 12 * 60_000);
  const changed = look();
  deploy = (compiled) => compiled;
  await clock.advance(HOUR + 12 * 60_000);

  expect(before.map(([state]) => state)).toEqual(['verified', 'verified']);
  expect(changed).toEqual([
    ['unsigned', 'ACTIVE'],
    ['unsigned', 'ACTIVE'],
  ]);
  expect(look()).toEqual([
    ['verified', 'ARCHIVED'],
    ['verified', 'ARCHIVED'],
  ]);
});
