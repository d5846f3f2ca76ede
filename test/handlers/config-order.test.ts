import { afterEach, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { complianceChange, findingOfConfig, itemChange } from '../support/config.ts';

const RUNS = Number(process.env.COUNTERSIGN_ORDER_RUNS ?? 4);
const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const config = { mode: 'observe', evaluations: false } as const;
const template = describeTemplate({ ...testConfiguration.compiled, config });

let service: EmbeddedService;
let clock: VirtualClock;
afterEach(() => service?.stop());

const ruleOf = (name: string) => ({
  name,
  arn: `arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-${name}`,
});
const arnOf = (bucket: string) => `arn:aws:s3:::${bucket}`;
const RULES = ['a', 'b'].map(ruleOf);
const BUCKETS = ['one', 'two'];
const COMPLIANCE = ['NON_COMPLIANT', 'NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE', undefined];

/** What Config recorded of one rule and one bucket, or the deletion of a bucket. */
interface Recorded {
  readonly at: number;
  readonly bucket: string;
  readonly rule: string | undefined;
  readonly isFault: boolean;
  readonly event: unknown;
}

/** A history of twelve moments; which of the results have a finding of Config is drawn as well. */
function draw(random: () => number): { history: Recorded[]; integrated: { rule: string; bucket: string }[] } {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const history = Array.from({ length: 12 }, (_, index): Recorded => {
    const at = START - 3_600_000 + index * 60_000;
    const iso = new Date(at).toISOString();
    const bucket = pick(BUCKETS) ?? '';
    const about = { resourceType: 'AWS::S3::Bucket', resourceId: bucket };
    if (random() < 0.15) {
      return { at, bucket, rule: undefined, isFault: false, event: itemChange(iso, { ...about, ARN: arnOf(bucket) }) };
    }
    const rule = pick(RULES) ?? ruleOf('a');
    const compliance = pick(COMPLIANCE);
    const event = complianceChange({ rule, about, compliance, at: iso }, { id: `event-${index}` });
    return { at, bucket, rule: rule.arn, isFault: compliance === 'NON_COMPLIANT', event };
  });
  const pairs = RULES.flatMap(({ arn }) => BUCKETS.map((bucket) => ({ rule: arn, bucket })));
  return { history, integrated: pairs.filter(() => random() < 0.4) };
}

/** The newest that Config recorded of a rule and a bucket. */
function newestOf(history: readonly Recorded[], { rule, bucket }: { rule: string; bucket: string }) {
  return history.findLast((one) => one.bucket === bucket && (one.rule === rule || one.rule === undefined));
}

const findings = () => service.observations.allFindings();
const ours = (rule: string, bucket: string) =>
  findings().find(
    ({ Id, ProductFields }) =>
      Id.startsWith('countersign/config/') &&
      JSON.stringify(ProductFields).includes(`"${rule}"`) &&
      JSON.stringify(ProductFields).includes(`"${bucket}"`),
  );

async function play(seed: number): Promise<{ history: Recorded[]; integrated: { rule: string; bucket: string }[] }> {
  const random = seededRandom(seed);
  const drawn = draw(random);
  clock = virtualClock(START);
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random, onFailure: () => {} },
    ...{ config, template },
  });
  const { items } = internalsOf(service.account).awsConfig;
  for (const resourceId of BUCKETS) {
    items.record({ resourceType: 'AWS::S3::Bucket', resourceId, arn: arnOf(resourceId), resourceName: resourceId });
  }
  Object.assign(service.account.faults, { duplicateRate: 0.3, reorder: true, throttleRate: 0.05 });
  const shuffled = drawn.history.map((one) => ({ one, key: random() })).sort((a, b) => a.key - b.key);
  for (const { one } of shuffled) {
    service.account.emit(one.event);
    await clock.advance(Math.floor(random() * 120_000));
  }
  for (const { rule, bucket } of drawn.integrated) {
    await clock.advance(Math.floor(random() * 60_000));
    internalsOf(service.account).securityHub.receive(
      findingOfConfig({
        Id: `${rule}/finding/${bucket}`,
        GeneratorId: rule,
        Resources: [{ Type: 'AwsS3Bucket', Id: arnOf(bucket) }],
      }),
    );
  }
  await clock.advance(3_600_000);
  await service.settle();
  return drawn;
}

describe('results of AWS Config in any order, twice, and through throttled calls', () => {
  test.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))(
    'end as Config recorded them: history %i',
    async (seed) => {
      const { history, integrated } = await play(seed);

      for (const pair of RULES.flatMap(({ arn }) => BUCKETS.map((bucket) => ({ rule: arn, bucket })))) {
        const isFault = newestOf(history, pair)?.isFault === true;
        const has = integrated.some(({ rule, bucket }) => rule === pair.rule && bucket === pair.bucket);
        const own = ours(pair.rule, pair.bucket);
        const theirs = findings().find(({ Id }) => Id === `${pair.rule}/finding/${pair.bucket}`);

        // Never both, and ours for a fault that nobody else shows.
        if (!has) expect(own?.RecordState === 'ACTIVE', JSON.stringify({ pair, own })).toBe(isFault);
        else if (isFault && own?.RecordState !== 'ACTIVE') {
          expect(theirs).toMatchObject({ UserDefinedFields: { 'countersign/Result': 'failed' } });
        } else expect(theirs?.UserDefinedFields ?? {}).not.toMatchObject({ 'countersign/Result': 'failed' });
      }
    },
  );
});
