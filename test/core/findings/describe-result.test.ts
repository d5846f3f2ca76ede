import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { describeResult, type ResultFacts } from '../../../lambdas/core/findings/describe-result.ts';
import { resourceTypeOf } from '../../../lambdas/core/findings/resource-type.ts';
import { isAbout, parseResultNote, resultNote } from '../../../lambdas/core/findings/result-note.ts';
import { refusalOfFinding } from '../../../local/account/asff.ts';

const RUNS = Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? 100);
const facts: ResultFacts = {
  account: '111122223333',
  region: 'eu-west-1',
  rule: { name: 'access-keys-rotated', arn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef' },
  findingsOf: 'config',
  generatorId: 'countersign/config/access-keys-rotated',
  resource: {
    type: 'AWS::IAM::User',
    id: 'AIDAEXAMPLEEXAMPLE000',
    arn: 'arn:aws:iam::111122223333:user/ops/ann',
    name: 'ann',
  },
  state: 'failed',
  requirements: ['NIST.800-53.r5 AC-3'],
  known: [],
  isSettled: false,
  at: Date.UTC(2026, 10, 23),
  openSince: Date.UTC(2026, 10, 22),
  now: Date.UTC(2026, 10, 23, 0, 1),
};

describe('describeResult', () => {
  it('says what is wrong, by which rule, and what the rule serves', () => {
    const note = describeResult(facts);

    expect(note.note).toBe(
      'Countersign: AWS::IAM::User ann is not compliant with the Config rule access-keys-rotated. The rule serves NIST.800-53.r5 AC-3.',
    );
    expect(note.resourceIds).toEqual([
      'arn:aws:iam::111122223333:user/ops/ann',
      'AIDAEXAMPLEEXAMPLE000',
      'arn:aws:iam::111122223333:user/AIDAEXAMPLEEXAMPLE000',
    ]);
    expect(note.standIn).toMatchObject({
      CreatedAt: '2026-11-22T00:00:00.000Z',
      UpdatedAt: '2026-11-23T00:00:00.000Z',
    });
  });

  it('has one finding for a rule and a resource, whatever comes', () => {
    const idOf = (change: Partial<ResultFacts>) => describeResult({ ...facts, ...change }).standIn?.Id;

    expect(idOf({ state: 'passed', at: facts.at + 1, resource: { ...facts.resource, arn: undefined } })).toBe(idOf({}));
    expect(idOf({ rule: { ...facts.rule, arn: `${facts.rule.arn}x` } })).not.toBe(idOf({}));
    expect(idOf({ resource: { ...facts.resource, id: 'AIDAANOTHER' } })).not.toBe(idOf({}));
  });

  it('has no finding of ours where a control makes it', () => {
    expect(describeResult({ ...facts, findingsOf: 'securityhub' }).standIn).toBeUndefined();
  });

  test('is what Security Hub takes, whatever rules and resources are called', () => {
    const word = (maxLength: number) => fc.string({ minLength: 1, maxLength, unit: 'binary' });
    fc.assert(
      fc.property(
        fc.record({
          rule: fc.record({ name: word(128), arn: fc.constant(facts.rule.arn) }),
          resource: fc.record({
            type: fc.constantFrom('AWS::S3::Bucket', 'AWS::IAM::User', 'AWS::::Account', 'Acme::Thing::Toaster'),
            id: word(768),
            arn: fc.option(word(1600), { nil: undefined }),
            name: fc.option(word(1600), { nil: undefined }),
          }),
          state: fc.constantFrom('failed', 'passed', 'gone'),
          requirements: fc.array(word(64), { maxLength: 32 }),
          known: fc.array(word(300), { maxLength: 3 }),
        }),
        (change) => {
          const note = describeResult({ ...facts, ...change });

          expect(resultNote.safeParse(note).error).toBeUndefined();
          expect(parseResultNote(JSON.stringify({ version: 1, result: note }))).toEqual(note);
          expect(refusalOfFinding(note.standIn)).toBeUndefined();
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('isAbout', () => {
  const note = describeResult(facts);
  const vague = describeResult({ ...facts, resource: { type: 'AWS::EC2::Instance', id: 'i-1' } });

  it.each([
    [note, ['arn:aws:iam::111122223333:user/ops/ann'], true],
    [note, ['arn:aws:iam::111122223333:user/ops/anna'], false],
    [note, ['arn:aws:iam::111122223333:user/x/AIDAEXAMPLEEXAMPLE000'], false],
    [vague, ['arn:aws:ec2:eu-west-1:111122223333:instance/i-1'], true],
    [vague, ['arn:aws:ec2:eu-west-1:111122223333:instance/xi-1', 'x'], false],
    [vague, [], false],
  ])('%#', (one, ids, expected) => {
    expect(isAbout(one, ids)).toBe(expected);
  });
});

describe('resourceTypeOf', () => {
  it.each([
    ['AWS::S3::Bucket', 'AwsS3Bucket'],
    ['AWS::EC2::VPC', 'AwsEc2Vpc'],
    ['AWS::EC2::EIP', 'AwsEc2Eip'],
    ['AWS::EC2::SecurityGroup', 'AwsEc2SecurityGroup'],
    ['AWS::RDS::DBInstance', 'AwsRdsDbInstance'],
    ['AWS::ACM::Certificate', 'AwsCertificateManagerCertificate'],
    ['AWS::CloudTrail::Trail', 'AwsCloudTrailTrail'],
    ['AWS::::Account', 'AwsAccount'],
    ['AWS::Glue::Job', 'Other'],
    ['constructor', 'Other'],
  ])('%s is %s', (type, expected) => {
    expect(resourceTypeOf(type)).toBe(expected);
  });
});
