import { describe, expect, it } from 'vitest';
import { parseThreat } from '../../../lambdas/core/events/guardduty-finding.ts';
import { FINDING_TYPES } from '../../../lambdas/core/threats/finding-types.ts';
import { triageThreat } from '../../../lambdas/core/threats/triage.ts';
import { guardDutyFinding } from '../../support/guardduty.ts';

const triage = (change: Record<string, unknown>) => {
  const threat = parseThreat(guardDutyFinding(change));
  if ('code' in threat) throw new Error(threat.message);
  return triageThreat(threat, { leastConfidence: 50 });
};

describe('triageThreat', () => {
  it.each([
    ['sample', { service: { additionalInfo: { sample: true } } }],
    ['sample', { title: '[SAMPLE] x' }],
    ['archived', { service: { archived: true } }],
    ['low-confidence', { confidence: 49.9 }],
  ])('sets aside what is %s: %j', (code, change) => {
    expect(triage(change)).toMatchObject({ outcome: 'set-aside', reason: { code } });
  });

  it('takes what GuardDuty says nothing of its confidence about, or is sure of', () => {
    expect(triage({})).toMatchObject({ outcome: 'taken', response: 'contain', reason: { code: 'compromise' } });
    expect(triage({ confidence: 50 })).toMatchObject({ outcome: 'taken', response: 'contain' });
  });

  it.each([
    ['suspicion', { type: 'Recon:IAMUser/TorIPCaller' }],
    ['unknown-type', { type: 'Canary:EC2/Stateless.IntegTest' }],
    ['unknown-type', { type: '__proto__' }],
    ['unknown-resource', { resource: { resourceType: 'Toaster' } }],
  ])('has a person look where it is %s: %j', (code, change) => {
    expect(triage(change)).toMatchObject({ outcome: 'taken', response: 'review', reason: { code } });
  });
});

describe('the table of types', () => {
  it('holds each under its whole name', () => {
    const names = [...FINDING_TYPES.keys()];

    expect(names.length).toBeGreaterThan(180);
    expect(names.filter((name) => !/^[A-Z][A-Za-z]+:[A-Z][A-Za-z0-9]+\/[A-Z][A-Za-z&0-9.!]+$/.test(name))).toEqual([]);
    expect(FINDING_TYPES.get('Backdoor:EC2/C&CActivity.B!DNS')).toEqual({ target: 'EC2', response: 'contain' });
    expect(FINDING_TYPES.get('Policy:IAMUser/RootCredentialUsage')?.response).toBe('review');
  });
});
