import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseConfigInvocation } from '../../../lambdas/core/events/config-invocation.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const RUNS = Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? 500);
const due = (change = {}) =>
  JSON.stringify({
    awsAccountId: '111122223333',
    notificationCreationTime: '2026-11-23T12:00:00.373Z',
    messageType: 'ScheduledNotification',
    recordVersion: '1.0',
    ...change,
  });
const event = (change = {}) => ({
  version: '1.0',
  invokingEvent: due(),
  ruleParameters: '{"question":"iam-baseline"}',
  resultToken: 'token',
  eventLeftScope: false,
  executionRoleArn: 'arn:aws:iam::111122223333:role/config-role',
  configRuleArn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef',
  configRuleName: 'countersign-iam-baseline',
  configRuleId: 'config-rule-abcdef',
  accountId: '111122223333',
  ...change,
});
const codeOf = (one: unknown) => {
  const parsed = parseConfigInvocation(one);
  return parsed.outcome === 'rejected' ? parsed.reason.code : parsed.outcome;
};

describe('parseConfigInvocation', () => {
  it('reads which question is asked, by which rule, and for when', () => {
    expect(parseConfigInvocation(event())).toEqual({
      outcome: 'invocation',
      invocation: {
        question: 'iam-baseline',
        rule: { name: 'countersign-iam-baseline', arn: event().configRuleArn },
        resultToken: 'token',
        at: Date.UTC(2026, 10, 23, 12, 0, 0, 373),
      },
    });
  });

  it.each([
    [{ invokingEvent: due({ messageType: 'ConfigurationItemChangeNotification' }) }, 'unknown-event'],
    [{ invokingEvent: 'x' }, 'unknown-event'],
    [{ invokingEvent: due({ awsAccountId: '999999999999' }) }, 'foreign-account'],
    [{ accountId: '999999999999' }, 'foreign-account'],
    [{ configRuleArn: 'arn:aws:config:eu-west-1:999999999999:config-rule/x' }, 'foreign-account'],
    [{ ruleParameters: '{"question":"what-else"}' }, 'malformed-event'],
    [{ ruleParameters: '{}' }, 'malformed-event'],
    [{ ruleParameters: '{"question":"constructor"}' }, 'malformed-event'],
    [{ resultToken: '' }, 'malformed-event'],
    [{ configRuleArn: 'arn:aws:iam::111122223333:role/x' }, 'malformed-event'],
  ])('refuses %j as %s', (change, code) => {
    expect(codeOf(event(change))).toBe(code);
  });

  test('answers whatever comes', () => {
    const hostile = fc.anything({ maxDepth: 3 });
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(event())), fc.oneof(hostile, fc.string(), fc.json()))
      .map(([key, value]) => event({ [key]: value }));
    fc.assert(
      fc.property(fc.oneof(hostile, changed), (one) => {
        const parsed = parseConfigInvocation(one);

        if (parsed.outcome === 'rejected') expect(parsed.reason.message.length).toBeLessThan(500);
        else expect(parsed.invocation.question).toBe('iam-baseline');
      }),
      { numRuns: RUNS },
    );
  });
});

describeWithCorpus('a real invocation', ['events', 'aws-lambda-go', 'config-event.json'], () => {
  it('for a delivered snapshot is refused, and read where it is due by schedule', () => {
    const file = corpusPath('events', 'aws-lambda-go', 'config-event.json') ?? '';
    const sample: object = JSON.parse(readFileSync(file, 'utf8'));
    const invokingEvent = due({ awsAccountId: '012345678912' });

    expect(codeOf(sample)).toBe('unknown-event');
    expect(codeOf({ ...sample, invokingEvent })).toBe('malformed-event');
    expect(codeOf({ ...sample, invokingEvent, ruleParameters: '{"question":"oidc-trust"}' })).toBe('invocation');
  });
});
