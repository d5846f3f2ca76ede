import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOperatorRequest } from '../../../lambdas/core/events/custom-action.ts';

const finding = {
  Id: 'countersign/image/123456789012/eu-west-1/team/app@sha256:00',
  GeneratorId: 'countersign/image-signatures',
  AwsAccountId: '123456789012',
  ProductFields: { 'countersign/Plan': `plan-${'0'.repeat(32)}` },
};
const event = {
  version: '0',
  id: 'a',
  'detail-type': 'Security Hub Findings - Custom Action',
  source: 'aws.securityhub',
  account: '123456789012',
  time: '2026-11-23T12:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:securityhub:eu-west-1:123456789012:action/custom/CountersignUndo'],
  detail: { actionName: 'Undo', findings: [finding] },
};
const parse = (change: object = {}) => parseOperatorRequest(JSON.stringify({ ...event, ...change }));
const actionIn = (resource: string) => ({ resources: [resource] });

describe('a custom action of Security Hub', () => {
  test('names the action and the findings that are ours', () => {
    const foreign = [
      { ...finding, GeneratorId: 'aws-foundational' },
      { ...finding, AwsAccountId: '999999999999' },
    ];

    expect(parse({ detail: { findings: [finding, ...foreign] } })).toEqual({
      outcome: 'request',
      request: {
        action: 'undo',
        eventId: 'a',
        account: '123456789012',
        region: 'eu-west-1',
        findings: [{ id: finding.Id, fields: finding.ProductFields }],
      },
    });
  });

  test.each<[string, object, string]>([
    [
      'an action of somebody else',
      actionIn('arn:aws:securityhub:eu-west-1:123456789012:action/custom/Ticket'),
      'unknown-action',
    ],
    [
      'a name from Object',
      actionIn('arn:aws:securityhub:eu-west-1:123456789012:action/custom/constructor'),
      'unknown-action',
    ],
    [
      'an action of another account',
      actionIn('arn:aws:securityhub:eu-west-1:999999999999:action/custom/CountersignUndo'),
      'foreign-action',
    ],
    [
      'an action of another region',
      actionIn('arn:aws:securityhub:us-east-1:123456789012:action/custom/CountersignUndo'),
      'foreign-action',
    ],
    [
      'a longer ARN',
      actionIn('arn:aws:securityhub:eu-west-1:123456789012:action/custom/CountersignUndo/x'),
      'unknown-action',
    ],
    ['no action', { resources: [] }, 'malformed-event'],
    ['two actions', { resources: [...event.resources, ...event.resources] }, 'malformed-event'],
    ['another source', { source: 'acme.securityhub' }, 'malformed-event'],
    ['an imported finding', { 'detail-type': 'Security Hub Findings - Imported' }, 'malformed-event'],
    ['no finding', { detail: { findings: [] } }, 'malformed-event'],
    ['101 findings', { detail: { findings: Array.from({ length: 101 }, () => finding) } }, 'malformed-event'],
  ])('with %s is rejected', (_, change, code) => {
    expect(parse(change)).toMatchObject({ outcome: 'rejected', reason: { code } });
  });

  test('whatever the message is, it is answered', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"source":"aws.securityhub","detail":${json}}`),
        ),
        (body) => {
          expect(parseOperatorRequest(body).outcome).toBe('rejected');
        },
      ),
    );
  });
});
