import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WRITE_SURFACE } from '../../lambdas/core/iam/write-surface.ts';
import { GlobalIamStack, globalRegionOf } from '../../lib/global-iam-stack.ts';
import { compilePattern } from '../../local/account/event-pattern.ts';
import { cloudTrailEvent } from '../support/cloudtrail-events.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { testConfiguration } from './configuration.ts';

const synthesize = (hubRegion: string | undefined) => {
  const app = new App({ analyticsReporting: false, context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new GlobalIamStack(app, 'Global', {
    hubRegion,
    alarms: testConfiguration.alarms,
    env: { region: 'us-east-1' },
  });
  return app.synth().getStackArtifact(stack.artifactId).template;
};
const template = readTemplate(synthesize('eu-west-1'));
const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
const patterns = rules.map(({ EventPattern }) => compilePattern(EventPattern));
const matchesOf = (event: unknown) => patterns.filter((pattern) => pattern.matches(event)).length;

describe('the stack in the region of the events of IAM', () => {
  it('hands each call of the table to the hub, once', () => {
    const counts = WRITE_SURFACE.map(({ eventSource, eventName }) =>
      matchesOf(cloudTrailEvent({ eventSource, eventName })),
    );

    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it.each([
    ['a read', cloudTrailEvent({ eventName: 'GetRole' })],
    ['a role that was assumed', cloudTrailEvent({ eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole' })],
    ['the same from a source that anybody may use', cloudTrailEvent({ eventName: 'CreateRole' }, { source: 'acme' })],
    [
      'a call of another service with the same name',
      cloudTrailEvent({ eventSource: 'sso.amazonaws.com', eventName: 'CreateRole' }),
    ],
    ['another kind of event', cloudTrailEvent({ eventName: 'CreateRole' }, { 'detail-type': 'Scheduled Event' })],
  ])('leaves %s', (_name, event) => {
    expect(matchesOf(event)).toBe(0);
  });

  it('keeps every pattern within the quota of EventBridge', () => {
    const lengths = rules.map(({ EventPattern }) => JSON.stringify(EventPattern).length);

    expect(Math.max(...lengths)).toBeLessThanOrEqual(2048);
  });

  it('may put events on the bus of the hub and nothing else', () => {
    const [[, policy] = ['', undefined], ...others] = resourcesOf(template, 'AWS::IAM::Policy');

    expect(others).toEqual([]);
    expect(policy?.Properties.PolicyDocument).toMatchObject({
      Statement: [
        {
          Action: 'events:PutEvents',
          Effect: 'Allow',
          Resource: { 'Fn::Join': ['', expect.arrayContaining([expect.stringContaining(':events:eu-west-1:')])] },
        },
      ],
    });
  });

  it('keeps what could not be delivered and retries for a day', () => {
    const targets = rules.flatMap(({ Targets }) => z.array(z.looseObject({})).parse(Targets));

    expect(targets).toHaveLength(rules.length);
    for (const target of targets) {
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: expect.anything() },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400 },
      });
    }
  });

  it('asks for the region of the hub where nobody knows it yet', () => {
    expect(synthesize(undefined)).toMatchObject({ Parameters: { HubRegion: { Type: 'String' } } });
  });

  it('refuses alarms that could not be told to anybody', () => {
    const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111122223333:oncall' };

    expect(
      () => new GlobalIamStack(new App(), 'Global', { hubRegion: 'eu-west-1', alarms, env: { region: 'us-east-1' } }),
    ).toThrow(/iam\.globalAlarms/);
  });
});

describe('globalRegionOf', () => {
  it.each([
    [undefined, 'us-east-1'],
    ['eu-west-1', 'us-east-1'],
    ['us-east-1', 'us-east-1'],
    ['cn-northwest-1', 'cn-north-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
  ])('for a hub in %s it is %s', (region, expected) => {
    expect(globalRegionOf(region)).toBe(expected);
  });
});

describeWithCorpus('the patterns, by the records of stratus-red-team', ['events', 'stratus-red-team'], () => {
  const folder = corpusPath('events', 'stratus-red-team') ?? '';
  const records = readdirSync(folder).flatMap((name) =>
    z
      .array(z.looseObject({ eventSource: z.string(), eventName: z.string() }))
      .parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  );

  it('take each call that changes access and no other', () => {
    const taken = records.filter((record) => matchesOf(cloudTrailEvent(record)) > 0);

    expect(taken.map(({ eventName }) => eventName).toSorted()).toEqual([
      'AttachRolePolicy',
      'AttachUserPolicy',
      'CreateAccessKey',
      'CreateAccessKey',
      'CreateLoginProfile',
      'CreateProfile',
      'CreateRole',
      'CreateTrustAnchor',
      'CreateUser',
      'DeleteLoginProfile',
      'UpdateAssumeRolePolicy',
      'UpdateLoginProfile',
    ]);
    expect(records.length).toBeGreaterThan(taken.length);
  });
});
