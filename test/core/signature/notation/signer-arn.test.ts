import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSignerArn } from '../../../../lambdas/core/signature/notation/signer/arn.ts';

const PROFILE = 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/acme_release';
const VERSION = `${PROFILE}/AbCdEf0123`;

describe('an ARN of AWS Signer', () => {
  test.each([
    [PROFILE, 'aws', 'eu-west-1'],
    [PROFILE.replace('eu-west-1', 'ap-southeast-2'), 'aws', 'ap-southeast-2'],
    [PROFILE.replace('eu-west-1', 'il-central-1'), 'aws', 'il-central-1'],
    [PROFILE.replace('aws:signer:eu-west-1', 'aws-cn:signer:cn-northwest-1'), 'aws-cn', 'cn-northwest-1'],
    [PROFILE.replace('aws:signer:eu-west-1', 'aws-us-gov:signer:us-gov-west-1'), 'aws-us-gov', 'us-gov-west-1'],
    [PROFILE.replace('aws:signer:eu-west-1', 'aws-iso-b:signer:us-isob-east-1'), 'aws-iso-b', 'us-isob-east-1'],
    [PROFILE.replace('aws:signer:eu-west-1', 'aws-eusc:signer:eusc-de-east-1'), 'aws-eusc', 'eusc-de-east-1'],
  ])('%s is of %s and %s', (text, partition, region) => {
    expect(parseSignerArn(text)).toMatchObject({ partition, region });
  });

  test.each([
    '',
    'arn:aws:signer:eu-west-1:111122223333:',
    PROFILE.replace('signer', 's3'),
    PROFILE.replace('eu-west-1', 'evil.example'),
    PROFILE.replace('eu-west-1', 'eu-west-1.evil.example/'),
    PROFILE.replace('eu-west-1', 'eu-west-1#'),
    PROFILE.replace('eu-west-1', 'eu-west-1@evil'),
    PROFILE.replace('eu-west-1', 'evil-west-1'),
    PROFILE.replace('eu-west-1', 'cn-north-1'),
    PROFILE.replace('eu-west-1', 'us-gov-west-1'),
    PROFILE.replace('eu-west-1', ''),
    PROFILE.replace('arn:aws:', 'arn:aws-evil:'),
    PROFILE.replace('arn:aws:', 'arn:evil:'),
    PROFILE.replace('111122223333', '11112222333'),
    PROFILE.replace('/signing-profiles', 'signing-profiles'),
    `${PROFILE}/`,
    `${VERSION}/x`,
    `${PROFILE}/AbCdEf012`,
    `${VERSION}\n`,
    ` ${VERSION}`,
    PROFILE.replace('acme_release', '*'),
    PROFILE.replace('acme_release', 'acme/../x'),
    PROFILE.replace('acme_release', 'a'.repeat(400)),
  ])('%j is none', (text) => {
    expect(parseSignerArn(text)).toBeUndefined();
  });

  test('whatever is put for the region, only regions come out', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{2}-[a-z]+-\d+[a-z.@/:#-]*$/)), (region) => {
        const arn = parseSignerArn(`arn:aws:signer:${region}:111122223333:/signing-profiles/acme`);
        if (arn !== undefined) expect(arn.region).toMatch(/^[a-z]{2}-[a-z]+-\d{1,2}$/);
      }),
      { numRuns: 1000 },
    );
  });
});
