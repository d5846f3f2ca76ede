import { expect, test } from 'vitest';
import { asffFinding } from '../../../lambdas/core/findings/asff.ts';
import { type CheckFacts, describeCheckFinding } from '../../../lambdas/core/findings/check-finding.ts';

const facts: CheckFacts = {
  ...{
    account: '111122223333',
    region: 'eu-west-1',
    resource: 'arn:aws:iam::111122223333:role/ci',
    check: 'oidc-trust',
  },
  ...{
    title: 'An OIDC provider is trusted',
    state: 'failed',
    severity: 'HIGH',
    because: ['statement 1 pins no subject'],
  },
  ...{ firstSeenAt: 0, now: 1000 },
};

test('names the principal, what is wrong and where', () => {
  const finding = describeCheckFinding(facts);

  expect(asffFinding.parse(finding)).toMatchObject({
    Id: 'countersign/iam-check/oidc-trust/arn:aws:iam::111122223333:role/ci',
    Title: 'role/ci: An OIDC provider is trusted',
    Description: 'statement 1 pins no subject.',
    Compliance: { Status: 'FAILED' },
    RecordState: 'ACTIVE',
    Resources: [{ Type: 'AwsIamRole' }],
  });
});

test.each(['passed', 'gone'] as const)('closes where it is %s', (state) => {
  expect(asffFinding.parse(describeCheckFinding({ ...facts, state, because: [] }))).toMatchObject({
    RecordState: 'ARCHIVED',
    FindingProviderFields: { Severity: { Label: 'INFORMATIONAL' } },
  });
});

test.each([
  ['arn:aws:iam::111122223333:root', 'AwsAccount'],
  ['arn:aws:iam::111122223333:user/a', 'AwsIamUser'],
])('%s is of type %s', (resource, Type) => {
  expect(describeCheckFinding({ ...facts, resource }).Resources).toMatchObject([{ Type }]);
});

test('holds what AWS takes, however much there is to say', () => {
  const because = Array.from({ length: 30 }, () => 'x'.repeat(500));

  expect(() =>
    asffFinding.parse(
      describeCheckFinding({ ...facts, because, resource: `arn:aws:iam::111122223333:role/${'p/'.repeat(250)}r` }),
    ),
  ).not.toThrow();
});
