import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import type { ScenarioImage } from '../../local/scenarios/scenario.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import {
  type Authority,
  createAuthority,
  loadWithNotary,
  type NotaryTerms,
  signedByNotary,
} from '../support/notation-service.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const template = describeTemplate(testConfiguration.compiled);

let clock: VirtualClock;
let service: EmbeddedService;
let authority: Authority;
afterEach(() => service?.stop());

async function start(terms: NotaryTerms = {}): Promise<void> {
  clock = virtualClock(START);
  authority = createAuthority(clock, () => service.account.fetch);
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    template,
    loadHandler: loadWithNotary(() => authority, terms),
  });
}

async function push(expiresAfter?: number): Promise<ScenarioImage> {
  const sign = (now: number) =>
    expiresAfter === undefined ? {} : { expiry: Math.floor(now / 1000) * 1000 + expiresAfter };
  const image = await service.run(signedByNotary(authority, sign));
  await clock.advance(2 * MINUTE);
  return image;
}

const traceOf = ({ repository, digest }: ScenarioImage) => `${repository}@${digest}`;
const verdictOf = (image: ScenarioImage) => service.observations.verdictOf(traceOf(image));
const recordState = (image: ScenarioImage) => service.observations.findingOf(traceOf(image))?.RecordState;

describe('a verified image whose signature expires', () => {
  test('within the next minutes is invalid then, without a sweep', async () => {
    await start();
    const image = await push(14 * MINUTE);
    const before = { state: verdictOf(image)?.state, finding: recordState(image) };
    await clock.advance(14 * MINUTE);

    expect(before).toMatchObject({ state: 'verified' });
    expect(clock.now()).toBeLessThan(START + HOUR);
    expect(verdictOf(image)?.state).toBe('invalid');
    expect(recordState(image)).toBe('ACTIVE');
  });

  test('later is invalid no later than one sweep after that, without any event', async () => {
    await start();
    const image = await push(150 * MINUTE);
    await clock.advance(145 * MINUTE);
    const before = verdictOf(image)?.state;
    await clock.advance(HOUR + 10 * MINUTE);

    expect(before).toBe('verified');
    expect(verdictOf(image)?.state).toBe('invalid');
    expect(recordState(image)).toBe('ACTIVE');
  });
});

describe('a certificate that is revoked after its image was verified', () => {
  test('is found when the answer of its responder ends', async () => {
    await start();
    const image = await push();
    // A signature that was just pushed is looked at by every sweep.
    await clock.advance(3 * HOUR);
    const before = verdictOf(image);
    authority.says = 'revoked';
    await clock.advance((before?.validUntil ?? 0) - clock.now() + HOUR + 10 * MINUTE);

    expect(before).toMatchObject({ state: 'verified' });
    expect(before?.validUntil).toBeLessThan(START + 9 * HOUR);
    expect(verdictOf(image)).toMatchObject({ state: 'invalid', reasons: [{ code: 'revoked' }] });
    expect(recordState(image)).toBe('ACTIVE');
  });

  test('is found within a day, however long that answer holds', async () => {
    await start();
    authority.holdsFor = 90 * 24 * HOUR;
    const image = await push();
    authority.says = 'revoked';
    await clock.advance(25 * HOUR + 10 * MINUTE);

    expect(verdictOf(image)?.state).toBe('invalid');
  });

  test('is found where the policy does not require an answer, too', async () => {
    await start({ revocation: 'not-required' });
    authority.says = 'silent';
    const image = await push();
    const before = verdictOf(image)?.state;
    authority.says = 'revoked';
    await clock.advance(25 * HOUR + 10 * MINUTE);

    expect(before).toBe('verified');
    expect(verdictOf(image)?.state).toBe('invalid');
  });

  test('is asked about once in the life of an answer, and nothing is told that is not new', async () => {
    await start();
    const image = await push();
    const [asked, told] = [authority.asked, service.observations.findingOf(traceOf(image))?.UpdatedAt];
    await clock.advance(24 * HOUR);

    expect(verdictOf(image)?.state).toBe('verified');
    expect(authority.asked - asked).toBeGreaterThanOrEqual(3);
    expect(authority.asked - asked).toBeLessThanOrEqual(10);
    expect(service.observations.findingOf(traceOf(image))?.UpdatedAt).toBe(told);
  });
});

describe.each(['silent', 'failing'] as const)('a responder that is %s', (says) => {
  test('says nothing about an image: it stands while the answer holds, is undecided then, and verified again', async () => {
    await start();
    const image = await push();
    const told = service.observations.findingOf(traceOf(image))?.UpdatedAt;
    authority.says = says;
    await clock.advance(4 * HOUR);
    const meanwhile = verdictOf(image)?.state;
    await clock.advance(3 * HOUR + 10 * MINUTE);
    const after = verdictOf(image)?.state;
    const findingAfter = service.observations.findingOf(traceOf(image))?.UpdatedAt;
    authority.says = 'good';
    await clock.advance(2 * HOUR);

    expect([meanwhile, after]).toEqual(['verified', 'error']);
    expect(findingAfter).toBe(told);
    expect(verdictOf(image)?.state).toBe('verified');
  });
});
