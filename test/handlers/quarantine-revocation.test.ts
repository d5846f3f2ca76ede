import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { afterEach, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import type { ScenarioImage } from '../../local/scenarios/scenario.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import {
  type Authority,
  createAuthority,
  ENFORCED,
  loadWithNotary,
  type NotaryTerms,
  signedByNotary,
} from '../support/notation-service.ts';

const HOUR = 3_600_000;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start(terms: NotaryTerms): Promise<{ reaction: Authority; executor: Authority }> {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  const reaction = createAuthority(clock, () => service.account.fetch);
  const executor = reaction.seenFromElsewhere();
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    quarantine: true,
    template,
    loadHandler: loadWithNotary((name) => (name === 'plan-executor' ? executor : reaction), {
      quarantine: ENFORCED,
      ...terms,
    }),
  });
  return { reaction, executor };
}

async function push(reaction: Authority): Promise<ScenarioImage> {
  const image = await service.run(signedByNotary(reaction));
  await clock.advance(20 * 60_000);
  return image;
}

async function statusOf({ repository, digest }: ScenarioImage): Promise<string | undefined> {
  const filter = { imageStatus: 'ANY' } as const;
  const { imageDetails = [] } = await service.account.clients.ecr.send(
    new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageDigest: digest }], filter }),
  );
  return imageDetails[0]?.imageStatus;
}

const stateOf = ({ repository, digest }: ScenarioImage) =>
  service.observations.verdictOf(`${repository}@${digest}`)?.state;

test.each(['required', 'not-required'] as const)(
  'an image that is refused for a revoked certificate goes into quarantine where an answer is %s',
  async (revocation) => {
    const { reaction, executor } = await start({ revocation });
    reaction.says = executor.says = 'revoked';
    const image = await push(reaction);

    expect(stateOf(image)).toBe('invalid');
    expect(executor.asked).toBeGreaterThan(0);
    expect(await statusOf(image)).toBe('ARCHIVED');
  },
);

test.each(['silent', 'failing'] as const)(
  'nothing is done while the executor finds the responder %s, and the plan goes on when it answers',
  async (says) => {
    const { reaction, executor } = await start({ revocation: 'required' });
    reaction.says = 'revoked';
    executor.says = says;
    const image = await push(reaction);
    const meanwhile = { state: stateOf(image), status: await statusOf(image), asked: executor.asked };
    executor.says = 'revoked';
    await clock.advance(3 * HOUR);

    expect(meanwhile).toMatchObject({ state: 'invalid', status: 'ACTIVE' });
    expect(meanwhile.asked).toBeGreaterThan(0);
    expect(await statusOf(image)).toBe('ARCHIVED');
  },
);

test('nothing is done where the executor learns that nothing is revoked', async () => {
  const { reaction, executor } = await start({ revocation: 'required' });
  reaction.says = 'revoked';
  const image = await push(reaction);

  expect(executor.asked).toBeGreaterThan(0);
  expect(await statusOf(image)).toBe('ACTIVE');
});

test('a quarantine is not taken back while the executor cannot learn that nothing is revoked', async () => {
  const { reaction, executor } = await start({ revocation: 'required' });
  reaction.says = executor.says = 'revoked';
  const image = await push(reaction);
  const before = await statusOf(image);
  reaction.says = 'good';
  executor.says = 'silent';
  await clock.advance(2 * HOUR);
  const meanwhile = { state: stateOf(image), status: await statusOf(image) };
  executor.says = 'good';
  await clock.advance(3 * HOUR);

  expect(before).toBe('ARCHIVED');
  expect(meanwhile).toEqual({ state: 'verified', status: 'ARCHIVED' });
  expect(await statusOf(image)).toBe('ACTIVE');
});

test('where no answer is required, a responder that falls silent does not take back what it said', async () => {
  const { reaction, executor } = await start({ revocation: 'not-required' });
  reaction.says = executor.says = 'revoked';
  const image = await push(reaction);
  const before = { state: stateOf(image), status: await statusOf(image) };
  reaction.says = executor.says = 'silent';
  await clock.advance(6 * HOUR);
  const silent = { state: stateOf(image), status: await statusOf(image) };
  reaction.says = executor.says = 'good';
  await clock.advance(3 * HOUR);

  expect(before).toEqual({ state: 'invalid', status: 'ARCHIVED' });
  expect(silent).toEqual(before);
  expect({ state: stateOf(image), status: await statusOf(image) }).toEqual({ state: 'verified', status: 'ACTIVE' });
});

test('where no answer is required, a plan waits while only the executor gets none', async () => {
  const { reaction, executor } = await start({ revocation: 'not-required' });
  reaction.says = 'revoked';
  executor.says = 'silent';
  const image = await push(reaction);
  const meanwhile = await statusOf(image);
  executor.says = 'revoked';
  await clock.advance(3 * HOUR);

  expect(meanwhile).toBe('ACTIVE');
  expect(await statusOf(image)).toBe('ARCHIVED');
});
