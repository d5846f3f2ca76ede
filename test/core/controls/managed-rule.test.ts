import { ManagedRuleIdentifiers } from 'aws-cdk-lib/aws-config';
import { describe, expect, it } from 'vitest';
import { nameOfIdentifier, nameRule } from '../../../lambdas/core/controls/managed-rule.ts';
import { findNeeds, listRules } from '../../../lambdas/core/controls/rules.ts';

const arnOf = (id: string) => `arn:aws:config:eu-west-1:111122223333:config-rule/${id}`;
const own = (name: string) => ({ name, arn: arnOf('config-rule-abcdef') });
const ofHub = (name: string) => ({ name, arn: arnOf('aws-service-rule/securityhub.amazonaws.com/config-rule-abcdef') });

describe('nameRule', () => {
  it.each([
    [own('x'), 'S3_BUCKET_LOGGING_ENABLED', 's3-bucket-logging-enabled'],
    [own('x'), 'INCOMING_SSH_DISABLED', 'restricted-ssh'],
    [own('x'), 'MULTI_REGION_CLOUD_TRAIL_ENABLED', 'multi-region-cloudtrail-enabled'],
    [own('x'), 'constructor', 'constructor'],
    [own('restricted-ssh'), undefined, 'custom/restricted-ssh'],
    [ofHub('securityhub-access-keys-rotated-1a2b3c4d'), undefined, 'access-keys-rotated'],
  ])('%j by %s is %s', (rule, identifier, name) => {
    expect(nameRule(rule, identifier)).toBe(name);
  });

  it('maps nothing that somebody wrote', () => {
    for (const name of listRules().keys()) expect(findNeeds(nameRule(own(name), undefined)), name).toEqual({});
  });
});

describe('the identifiers of managed rules', () => {
  it('lead to most rules that are mapped', () => {
    const names = new Set(Object.values(ManagedRuleIdentifiers).map((one) => nameOfIdentifier(String(one))));
    const mapped = [...listRules().keys()].filter((rule) => /^[a-z0-9-]+$/.test(rule));

    expect(mapped.length).toBeGreaterThan(150);
    expect(mapped.filter((rule) => !names.has(rule)).length / mapped.length).toBeLessThan(0.35);
    for (const rule of ['restricted-ssh', 'restricted-common-ports', 'cloudtrail-enabled', 'ec2-instances-in-vpc']) {
      expect(names.has(rule), rule).toBe(true);
    }
  });
});
