import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isSameItem, parseConfigEvent } from '../../../lambdas/core/events/config-event.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const ACCOUNT = '111122223333';
const RUNS = Number(process.env.COUNTERSIGN_FUZZ ?? 500);

const wrap = (type: string, detail: unknown, account = ACCOUNT, region = 'eu-west-1') => ({
  version: '0',
  id: 'c0bb891c-77fe-8518-14fc-be78b966f95b',
  'detail-type': type,
  source: 'aws.config',
  account,
  region,
  time: '2026-11-01T10:00:00Z',
  resources: [],
  detail,
});
const USER = { resourceType: 'AWS::IAM::User', resourceId: 'AIDAEXAMPLEEXAMPLE000' };
const evaluation = (complianceType: string, about: object = {}) => ({
  complianceType,
  evaluationResultIdentifier: {
    evaluationResultQualifier: { configRuleName: 'access-keys-rotated', ...USER, ...about },
    orderingTimestamp: '2026-11-01T09:59:00.251Z',
  },
  resultRecordedTime: '2026-11-01T09:59:30.741Z',
});
const result = (change: object = {}) =>
  wrap('Config Rules Compliance Change', {
    messageType: 'ComplianceChangeNotification',
    awsAccountId: ACCOUNT,
    awsRegion: 'eu-west-1',
    configRuleName: 'access-keys-rotated',
    configRuleARN: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-abcdef`,
    ...USER,
    newEvaluationResult: evaluation('NON_COMPLIANT'),
    notificationCreationTime: '2026-11-01T09:59:40.751Z',
    ...change,
  });
const ITEM = {
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  ARN: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-0123456789abcdef0`,
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: '2026-11-01T09:59:00.000Z',
};
const item = (change: object = {}) =>
  wrap('Config Configuration Item Change', {
    messageType: 'ConfigurationItemChangeNotification',
    configurationItem: { ...ITEM, ...change },
  });
const oversized = (delivery: object = {}) =>
  wrap('Config Configuration Item Change', {
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: ITEM,
    s3DeliverySummary: { s3BucketLocation: 'acme-config/AWSLogs/x/item.json.gz', errorCode: null, ...delivery },
  });
const parse = (event: unknown) => parseConfigEvent(JSON.stringify(event));
const codeOf = (event: unknown) => {
  const parsed = parse(event);
  return parsed.outcome === 'rejected' ? parsed.reason.code : parsed.outcome;
};

describe('parseConfigEvent', () => {
  it('reads a result with its rule, its resource and the time of Config', () => {
    expect(parse(result())).toEqual({
      outcome: 'event',
      event: {
        kind: 'result',
        resource: { type: USER.resourceType, id: USER.resourceId, account: ACCOUNT, region: 'eu-west-1' },
        rule: {
          name: 'access-keys-rotated',
          arn: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-abcdef`,
        },
        compliance: 'NON_COMPLIANT',
        at: Date.parse('2026-11-01T09:59:30.741Z'),
        eventId: 'c0bb891c-77fe-8518-14fc-be78b966f95b',
      },
    });
  });

  it('takes a notification without a result for the end of the result', () => {
    expect(parse(result({ newEvaluationResult: null }))).toMatchObject({ event: { compliance: 'none' } });
  });

  it.each([
    [{ awsAccountId: '999999999999' }, 'foreign-account'],
    [{ awsRegion: 'us-east-1' }, 'foreign-account'],
    [{ configRuleARN: 'arn:aws:config:eu-west-1:999999999999:config-rule/x' }, 'foreign-account'],
    [{ newEvaluationResult: evaluation('COMPLIANT', { resourceId: 'AIDAOTHER' }) }, 'contradiction'],
    [{ newEvaluationResult: evaluation('COMPLIANT', { configRuleName: 'other' }) }, 'contradiction'],
    [{ newEvaluationResult: evaluation('FINE') }, 'malformed-event'],
    [{ resourceId: '' }, 'malformed-event'],
  ])('refuses a result with %j as %s', (change, code) => {
    expect(codeOf(result(change))).toBe(code);
  });

  it.each([
    ['OK', false],
    ['ResourceDiscovered', false],
    ['ResourceNotRecorded', false],
    ['ResourceDeleted', true],
    ['ResourceDeletedNotRecorded', true],
  ])('reads an item that is %s', (configurationItemStatus, isDeleted) => {
    expect(parse(item({ configurationItemStatus }))).toMatchObject({ event: { kind: 'item', isDeleted } });
  });

  it('tells where an item is that was too large, and knows it again', () => {
    const parsed = parse(oversized());

    expect(parsed).toMatchObject({
      event: { kind: 'oversized', place: { bucket: 'acme-config', key: 'AWSLogs/x/item.json.gz' } },
    });
    if (parsed.outcome !== 'event' || parsed.event.kind !== 'oversized') throw new Error('it is oversized');
    expect(isSameItem(parsed.event, { ...ITEM, configuration: {} })).toBe(true);
    for (const change of [
      { resourceId: 'sg-1' },
      { awsAccountId: '999999999999' },
      { awsRegion: 'us-east-1' },
      { resourceType: 'AWS::EC2::Instance' },
      { configurationItemStatus: 'ResourceDeleted' },
      { configurationItemCaptureTime: '2026-11-01T09:58:00.000Z' },
    ]) {
      expect(isSameItem(parsed.event, { ...ITEM, ...change }), JSON.stringify(change)).toBe(false);
    }
  });

  it.each([
    [oversized({ errorCode: 'AccessDenied' }), 'not-delivered'],
    [oversized({ s3BucketLocation: 'no-key' }), 'malformed-event'],
    [oversized({ s3BucketLocation: '/key' }), 'malformed-event'],
    [oversized({ s3BucketLocation: 'Bad_Bucket/key' }), 'malformed-event'],
    [item({ awsAccountId: '999999999999' }), 'foreign-account'],
    [item({ configurationItemStatus: 'Gone' }), 'malformed-event'],
    [{ ...item(), source: 'aws.ec2' }, 'unknown-event'],
    [wrap('Config Rules Re-evaluation Status', {}), 'unknown-event'],
    [{ Type: 'Notification', Message: '{}' }, 'malformed-event'],
  ])('refuses %# with a reason', (event, code) => {
    expect(codeOf(event)).toBe(code);
  });

  it('answers whatever comes', () => {
    const hostile = fc.anything({ maxDepth: 3 });
    const changed = fc
      .tuple(
        fc.constantFrom(result(), item(), oversized()),
        fc.constantFrom('detail', 'account', 'region', 'time', 'detail-type', 'id'),
        hostile,
      )
      .map(([event, key, value]) => ({ ...event, [key]: value }));
    const inner = fc
      .tuple(
        fc.constantFrom(...Object.keys(ITEM), 'newEvaluationResult', 'configRuleARN', 'resourceId', 'awsRegion'),
        hostile,
        fc.boolean(),
      )
      .map(([key, value, isItem]) => (isItem ? item({ [key]: value }) : result({ [key]: value })));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.oneof(changed, inner, hostile).map((event) => {
            try {
              return JSON.stringify(event) ?? '';
            } catch {
              return '';
            }
          }),
        ),
        (body) => {
          const parsed = parseConfigEvent(body);

          if (parsed.outcome === 'rejected') expect(parsed.reason.message.length).toBeLessThan(500);
          else expect(parsed.event).toMatchObject({ resource: { account: ACCOUNT }, at: expect.any(Number) });
        },
      ),
      { numRuns: RUNS },
    );
  });
});

const notification = z.object({ Message: z.string() });
/** How the notification itself names the change, beside the status of the item that is read. */
const deletion = z.object({ configurationItemDiff: z.object({ changeType: z.literal('DELETE') }) });
const isDeletion = (detail: unknown) => deletion.safeParse(detail).success;
const account = z.object({ configurationItem: z.object({ awsAccountId: z.string() }) });

describeWithCorpus('real notifications of Config', ['events', 'config-transformerd'], () => {
  const folder = corpusPath('events', 'config-transformerd') ?? '';

  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s is read, or refused', (name) => {
    const json: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const message = notification.safeParse(json);
    let detail: unknown = json;
    try {
      if (message.success) detail = JSON.parse(message.data.Message);
    } catch {
      detail = message.data?.Message;
    }
    const owner = account.safeParse(detail).data?.configurationItem.awsAccountId;
    const parsed = parse(wrap('Config Configuration Item Change', detail, owner));

    if (parsed.outcome === 'rejected') expect(parsed.reason.code).toBe('malformed-event');
    else expect(parsed.event).toMatchObject({ kind: 'item', isDeleted: isDeletion(detail) });
    if (!/malformed/.test(name)) expect(parsed.outcome, JSON.stringify(parsed)).toBe('event');
  });

  it('reads the event of a queue as EventBridge carries it', () => {
    const file = corpusPath('events', 'cloud-custodian', 'sqs-discover.json') ?? '';

    expect(parseConfigEvent(readFileSync(file, 'utf8'))).toMatchObject({
      event: { kind: 'item', resource: { type: 'AWS::SQS::Queue' } },
    });
  });
});

/** Every object of a sample that lies in a list or under a key. */
function partsOf(value: unknown, depth = 0): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...(depth < 4 ? Object.values(value).flatMap((one) => partsOf(one, depth + 1)) : [])];
}

describeWithCorpus('the samples of all services', ['events', 'cloud-custodian'], () => {
  it('are none of Config but those that are, and none crashes', () => {
    const root = corpusPath('events') ?? '';
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const outcomes = files.flatMap((name) => {
      const text = readFileSync(join(root, name), 'utf8');
      let parts: object[] = [];
      try {
        parts = partsOf(JSON.parse(text));
      } catch {
        // Samples that are malformed on purpose go in as they are.
      }
      const parsed = [text, ...parts.slice(0, 50).map((part) => JSON.stringify(part))].map(parseConfigEvent);
      expect(
        parsed.every((one) => one.outcome === 'event' || one.reason.message !== ''),
        name,
      ).toBe(true);
      return parsed.some(({ outcome }) => outcome === 'event') ? [name] : [];
    });

    expect(files.length).toBeGreaterThan(200);
    expect(outcomes).toEqual([join('cloud-custodian', 'sqs-discover.json')]);
  });
});
