import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { digestOf } from '../../lambdas/core/digest.ts';
import type { AsffFinding } from '../../lambdas/core/findings/asff.ts';
import { type ContainmentFacts, describeContainment } from '../../lambdas/core/findings/containment-finding.ts';
import { describeResult } from '../../lambdas/core/findings/describe-result.ts';
import { type DriftFacts, describeDriftFinding } from '../../lambdas/core/findings/drift-finding.ts';
import { describeHeartbeat } from '../../lambdas/core/findings/heartbeat-finding.ts';
import { describeImageFinding, type ImageVerdictFacts } from '../../lambdas/core/findings/image-finding.ts';
import type { PlanFacts } from '../../lambdas/core/findings/plan-text.ts';
import { describeTrustFinding } from '../../lambdas/core/findings/service-finding.ts';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { compileFilters } from '../../local/account/findings-filter.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { fullConfiguration, testConfiguration } from './configuration.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const where = { account: '111122223333', region: 'eu-west-1' };
const role = 'arn:aws:iam::111122223333:role/app';
const times = { firstSeenAt: NOW, findingUpdatedAt: NOW };
const condition = z.array(z.object({ Value: z.string(), Comparison: z.string(), Key: z.string().optional() }));
const insightSchema = z.object({
  Name: z.string(),
  GroupByAttribute: z.string(),
  Filters: z.record(z.string(), condition),
});
const insights = Object.values(
  resourcesOf(readTemplate(synthesizeTemplate({ configuration: fullConfiguration })), 'AWS::SecurityHub::Insight'),
).map(([, { Properties }]) => insightSchema.parse(Properties));

const plan = (change: Partial<PlanFacts>): PlanFacts => ({
  ...{ kind: 'revert', id: `plan-${'ab'.repeat(16)}`, state: 'verified', mode: 'approve', does: 'detach it' },
  ...{ planDigest: digestOf('plan'), head: digestOf('head'), reversible: true },
  ...change,
});
const waiting = plan({ state: 'proposed' });
const image = (state: ImageVerdictFacts['state'], plans: readonly PlanFacts[] = []) =>
  describeImageFinding({
    ...{ ...where, ...times, repository: 'acme/app', digest: digestOf('image'), state, tags: ['v1'], plans },
    ...{ policy: 'all', policyHash: 'sha256:policy', evidence: [], reasons: [] },
  });
const drift = (state: DriftFacts['state'], plans: readonly PlanFacts[] = []) =>
  describeDriftFinding({ ...where, ...times, resource: role, state, deviations: [], paths: [], plans });
const containment = (plans: readonly PlanFacts[], change: Partial<ContainmentFacts> = {}) =>
  describeContainment({
    ...{ ...where, ...times, findingId: `countersign/containment/${role}`, target: role, plans },
    ...{ joined: [], related: [], limits: [] },
    threats: [{ arn: 'arn:aws:guardduty:::x', type: 'UnauthorizedAccess:IAMUser/X', isClosed: false }],
    ...change,
  });
const service = { ...where, resource: role, planted: 'a description', now: NOW };
const result = describeResult({
  ...{ ...where, generatorId: 'countersign/config/rule', findingsOf: 'config', state: 'failed' },
  rule: { name: 'rule', arn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef' },
  resource: { type: 'AWS::S3::Bucket', id: 'bucket', arn: 'arn:aws:s3:::bucket', name: 'bucket' },
  ...{ requirements: ['NIST.800-53.r5 AC-3'], known: [], isSettled: false, at: NOW, openSince: NOW, now: NOW },
  plan: waiting,
});

/** What stands in Security Hub, by the words of the table below. */
const HELD: Readonly<Record<string, AwsSecurityFinding | AsffFinding | undefined>> = {
  invalid: image('invalid'),
  unsigned: image('unsigned'),
  'unsigned, quarantine waits': image('unsigned', [waiting]),
  'unsigned, deletion waits': image('unsigned', [
    plan({}),
    plan({ kind: 'deletion', state: 'proposed', reversible: false }),
  ]),
  'unsigned, observed': image('unsigned', [plan({ state: 'proposed', mode: 'observe' })]),
  verified: image('verified'),
  drifted: drift('drifted'),
  undeclared: drift('undeclared'),
  deleted: drift('deleted'),
  'drifted, revert waits': drift('drifted', [waiting]),
  'drifted, contested': drift('drifted', [plan({ state: 'failed', failureCode: 'contested' })]),
  'drifted, failed': drift('drifted', [plan({ state: 'failed', failureCode: 'moved' })]),
  covered: drift('covered'),
  'unreadable baseline': drift('unreadable-baseline'),
  contained: containment([plan({ kind: 'containment' })]),
  stuck: containment([plan({ kind: 'containment', state: 'failed', undoneBy: 'time' })]),
  'taken away': containment([plan({ kind: 'containment', state: 'failed', failureCode: 'taken-away' })]),
  open: containment([]),
  'containment waits': containment([waiting]),
  'containment over': containment([plan({ state: 'undone' })], { threats: [] }),
  'no trust': describeTrustFinding(where, { code: 'no-root', message: 'No root.' }, NOW),
  trust: describeTrustFinding(where, undefined, NOW),
  'heartbeat missed': describeHeartbeat({ ...service, state: 'missed' }),
  'heartbeat seen': describeHeartbeat({ ...service, state: 'seen' }),
  'result of Config': result.standIn,
  'finding of Config': {
    ...image('invalid'),
    ...{ ProductName: 'Config', GeneratorId: 'arn:aws:config:rule', ProductFields: {} },
    UserDefinedFields: result.fields,
  },
};

const ANSWERS: readonly (readonly [string, readonly string[]])[] = [
  ['images with a signature that does not hold', ['invalid']],
  [
    'images without a signature',
    ['unsigned', 'unsigned, quarantine waits', 'unsigned, deletion waits', 'unsigned, observed'],
  ],
  [
    'IAM that differs from what was signed',
    ['drifted', 'undeclared', 'deleted', 'drifted, revert waits', 'drifted, contested', 'drifted, failed'],
  ],
  [
    'plans that wait for approval',
    [
      ...['unsigned, quarantine waits', 'unsigned, deletion waits', 'drifted, revert waits', 'containment waits'],
      'result of Config',
    ],
  ],
  ['plans that wait beside other findings', ['finding of Config']],
  ['contested resources', ['drifted, contested', 'taken away']],
  ['containments in force', ['contained', 'stuck']],
  ['in foreign hands and not contained', ['taken away', 'open', 'containment waits']],
  ['what the service itself needs', ['no trust', 'heartbeat missed']],
];

function answersTo(filters: z.infer<typeof insightSchema>['Filters'], workflow: 'NEW' | 'NOTIFIED' | 'SUPPRESSED') {
  const matches = compileFilters(filters);
  return Object.entries(HELD).flatMap(([name, finding]) => {
    if (finding === undefined) throw new Error(`${name} is no finding`);
    return matches({ ...finding, Workflow: { Status: workflow } }) ? [name] : [];
  });
}

describe('insights', () => {
  test.each(ANSWERS)('%s', (question, expected) => {
    const insight = insights.find(({ Name }) => Name === `Countersign: ${question}`);
    if (insight === undefined) throw new Error('there is no such insight');

    expect(answersTo(insight.Filters, 'NEW')).toEqual(expected);
    expect(answersTo(insight.Filters, 'NOTIFIED')).toEqual(expected);
    expect(answersTo(insight.Filters, 'SUPPRESSED')).toEqual([]);
  });

  it('are these and no others, within what Security Hub takes', () => {
    expect(insights.map(({ Name }) => Name).sort()).toEqual(ANSWERS.map(([name]) => `Countersign: ${name}`).sort());
    for (const { Name, Filters } of insights) {
      expect(Name.length).toBeLessThanOrEqual(128);
      expect(Object.keys(Filters).length).toBeLessThanOrEqual(10);
      // Security Hub does not take CONTAINS in an insight, and joins filters on one field by OR, whatever their keys.
      for (const conditions of Object.values(Filters)) {
        expect(conditions.length).toBeLessThanOrEqual(20);
        expect(conditions.every(({ Comparison }) => Comparison === 'EQUALS')).toBe(true);
        expect(new Set(conditions.map(({ Key }) => Key)).size).toBe(1);
      }
    }
  });

  it('can be left out', () => {
    const without = synthesizeTemplate({ configuration: { ...testConfiguration, securityHub: { insights: false } } });

    expect(resourcesOf(readTemplate(without), 'AWS::SecurityHub::Insight')).toEqual([]);
  });
});
