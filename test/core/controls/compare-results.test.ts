import { describe, expect, it } from 'vitest';
import { compareResults, type Fault } from '../../../lambdas/core/controls/compare-results.ts';
import { parseConfigRecheck, writeConfigRecheck } from '../../../lambdas/core/events/config-recheck.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23);
const fault = (id: string, rule = 'r'): Fault => ({
  rule: { name: rule, arn: `arn:aws:config:eu-west-1:111122223333:config-rule/${rule}` },
  resource: { type: 'AWS::S3::Bucket', id, account: '111122223333', region: 'eu-west-1' },
});
const held = (id: string, rule = 'r', recordedAt = NOW - 3_600_000) => ({ ...fault(id, rule), recordedAt });
const told = (id: string, at = NOW - DAY, rule = 'r') => ({ ...fault(id, rule), at });

describe('compareResults', () => {
  it('finds what was not told and what is over, by rule and resource', () => {
    const { untold, over } = compareResults(
      [held('a'), held('b'), held('a', 's')],
      [told('a'), told('c'), told('b', NOW - DAY, 's')],
      NOW,
    );

    expect(untold).toEqual([fault('b'), fault('a', 's')]);
    expect(over).toEqual([told('c'), told('b', NOW - DAY, 's')]);
  });

  it('has what stays told anew before Security Hub forgets it', () => {
    expect(compareResults([held('a')], [told('a', NOW - 30 * DAY)], NOW).untold).toEqual([]);
    expect(compareResults([held('a')], [told('a', NOW - 31 * DAY)], NOW).untold).toEqual([fault('a')]);
  });

  it('leaves what was recorded just now to its event', () => {
    expect(compareResults([held('a', 'r', NOW - 60_000)], [], NOW)).toEqual({ untold: [], over: [] });
    expect(compareResults([held('a', 'r', NOW - 60_000)], [told('a')], NOW)).toEqual({ untold: [], over: [] });
  });
});

describe('the message of the sweep', () => {
  const found = {
    resource: fault('a').resource,
    arrival: { kind: 'result', rule: fault('a').rule, compliance: 'NON_COMPLIANT', at: NOW },
  } as const;

  it('is read as it was written', () => {
    expect(parseConfigRecheck(writeConfigRecheck(found))).toEqual(found);
  });

  it.each([
    '{',
    'null',
    '{"source":"countersign"}',
    writeConfigRecheck(found).replace('NON_COMPLIANT', 'INSUFFICIENT_DATA'),
    writeConfigRecheck(found).replace('countersign', 'aws.config'),
  ])('is none: %s', (body) => {
    expect(parseConfigRecheck(body)).toBeUndefined();
  });
});
