import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseGuardDutyEvent, parseThreat } from '../../../lambdas/core/events/guardduty-finding.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';
import { guardDutyEvent, guardDutyFinding } from '../../support/guardduty.ts';

const parse = (change?: Record<string, unknown>, envelope?: Record<string, unknown>) =>
  parseGuardDutyEvent(JSON.stringify(guardDutyEvent(change, envelope)));
const subjectOf = (resource: Record<string, unknown>) => {
  const parsed = parse({ resource });
  return parsed.outcome === 'threat' ? parsed.threat.subject : parsed.reason.code;
};

describe('parseGuardDutyEvent', () => {
  it('reads what a finding is about and how far it can be believed', () => {
    expect(parse({ confidence: 70 })).toEqual({
      outcome: 'threat',
      eventId: '8f5fa7d9-5558-33dc-449c-c890a0c38127',
      threat: {
        id: 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3',
        arn: 'arn:aws:guardduty:eu-west-1:123456789012:detector/3caf4e0aaa46ce4ccbcef949a8785353/finding/a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3',
        account: '123456789012',
        region: 'eu-west-1',
        type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
        severity: 8,
        confidence: 70,
        title: 'Credentials of an instance are used from elsewhere.',
        count: 1,
        createdAt: Date.UTC(2026, 10, 23, 11),
        updatedAt: Date.UTC(2026, 10, 23, 11, 30),
        isArchived: false,
        isSample: false,
        subject: {
          kind: 'credential',
          userType: 'AssumedRole',
          userName: 'web',
          principalId: 'AROAEXAMPLEEXAMPLE000:i-1234567890abcdef0',
          keyId: 'ASIAEXAMPLEEXAMPLE00',
        },
      },
    });
  });

  it('goes by the resource type and not by the details that are there besides', () => {
    const instanceDetails = { instanceId: 'i-1', iamInstanceProfile: { arn: 'arn:aws:iam::1:instance-profile/x' } };
    const accessKeyDetails = { accessKeyId: '', principalId: '', userType: 'Root', userName: 'Root' };

    expect(subjectOf({ resourceType: 'AccessKey', instanceDetails, accessKeyDetails })).toMatchObject({
      kind: 'credential',
      userType: 'Root',
    });
    expect(subjectOf({ resourceType: 'Instance', instanceDetails, accessKeyDetails })).toEqual({
      kind: 'instance',
      instanceId: 'i-1',
      profileArn: 'arn:aws:iam::1:instance-profile/x',
    });
    expect(subjectOf({ resourceType: 'AccessKey', instanceDetails })).toBe('malformed-finding');
  });

  it.each([
    [{ resourceType: 'S3Object', s3BucketDetails: [{ name: 'a' }, { name: 'a' }, { name: 'b' }] }, ['a', 'b']],
    [{ resourceType: 'S3Bucket', s3BucketDetails: [{ name: 'a' }] }, ['a']],
  ])('reads buckets of %j', (resource, names) => {
    expect(subjectOf(resource)).toEqual({ kind: 'buckets', names });
  });

  it.each([
    [{ resourceType: 'Container', containerDetails: { image: 'acme/app:1' } }],
    [{ resourceType: 'ECSCluster', ecsClusterDetails: { taskDetails: { containers: [{ image: 'acme/app:1' }] } } }],
    [
      {
        resourceType: 'EKSCluster',
        kubernetesDetails: { kubernetesWorkloadDetails: { containers: [{ image: 'acme/app:1' }, { image: null }] } },
      },
    ],
  ])('reads images of %j', (resource) => {
    expect(subjectOf(resource)).toEqual({ kind: 'container', images: ['acme/app:1'], cluster: undefined });
  });

  it('reads functions and databases, and names what it does not know', () => {
    const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:x';

    expect(subjectOf({ resourceType: 'Lambda', lambdaDetails: { functionArn } })).toEqual({
      kind: 'function',
      arn: functionArn,
    });
    expect(subjectOf({ resourceType: 'RDSDBInstance', rdsDbInstanceDetails: { dbInstanceIdentifier: 'db' } })).toEqual({
      kind: 'database',
      id: 'db',
    });
    expect(subjectOf({ resourceType: 'Toaster' })).toEqual({ kind: 'other', resourceType: 'Toaster' });
  });

  it.each([
    [{ service: { additionalInfo: { sample: true } } }, true],
    [{ title: '[SAMPLE] something' }, true],
    [{ service: { additionalInfo: { sample: 'no' } } }, false],
    [{ service: { additionalInfo: null } }, false],
  ])('tells samples: %j', (change, isSample) => {
    expect(parse(change)).toMatchObject({ threat: { isSample } });
  });

  it.each([
    ['{', {}, 'not-json'],
    ['null', {}, 'malformed-event'],
    [undefined, { source: 'my.guardduty' }, 'unknown-event'],
    [undefined, { 'detail-type': 'GuardDuty Malware Protection Object Scan Result' }, 'unknown-event'],
    [undefined, { region: 'us-east-1' }, 'malformed-event'],
    [undefined, { detail: { ...guardDutyFinding(), severity: '8' } }, 'malformed-finding'],
    [undefined, { detail: { ...guardDutyFinding(), id: 'another' } }, 'malformed-finding'],
    [undefined, { detail: { ...guardDutyFinding(), arn: 'arn:aws:iam::1:x' } }, 'malformed-finding'],
    [undefined, { detail: null }, 'malformed-finding'],
  ])('refuses %s %j as %s', (body, envelope, code) => {
    const parsed = parseGuardDutyEvent(body ?? JSON.stringify(guardDutyEvent({}, envelope)));

    expect(parsed).toMatchObject({ outcome: 'rejected', reason: { code } });
  });

  it('refuses what is larger than a message can be', () => {
    expect(parseGuardDutyEvent(' '.repeat(1024 * 1024 + 1))).toMatchObject({ reason: { code: 'too-large' } });
  });

  test('never throws and never takes a list for longer than it may be, whatever stands in an event', () => {
    const runs = Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? 1000);
    const keys = Object.keys(guardDutyFinding());
    const change = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    const resource = fc.record({
      resourceType: fc.constantFrom('AccessKey', 'Instance', 'S3Bucket', 'ECSCluster', 'Lambda', 'RDSDBInstance', '?'),
      s3BucketDetails: fc.oneof(fc.array(fc.record({ name: fc.string() }), { maxLength: 40 }), fc.jsonValue()),
      accessKeyDetails: fc.jsonValue(),
      instanceDetails: fc.jsonValue(),
      ecsClusterDetails: fc.jsonValue(),
    });
    fc.assert(
      fc.property(change, fc.option(resource), (changed, about) => {
        const detail = { ...guardDutyFinding(), ...changed, ...(about && { resource: about }) };

        const parsed = parseGuardDutyEvent(JSON.stringify(guardDutyEvent({}, { detail })));

        if (parsed.outcome === 'rejected') {
          expect(parsed.reason.code).not.toBe('');
        } else if (parsed.threat.subject.kind === 'buckets') {
          expect(parsed.threat.subject.names.length).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(fc.string(), (body) => {
        expect(parseGuardDutyEvent(body).outcome).toBe('rejected');
      }),
      { numRuns: runs },
    );
  });
});

describeWithCorpus('the public samples', ['events'], () => {
  test('of GuardDuty are findings about what they say they are about', () => {
    const folder = corpusPath('events', 'guardduty-sample') ?? '';
    const read = readdirSync(folder)
      .toSorted()
      .map((file) => parseThreat(JSON.parse(readFileSync(join(folder, file), 'utf8'))));

    expect(read).toMatchObject([
      { type: 'Canary:EC2/Stateless.IntegTest', subject: { kind: 'instance', instanceId: 'i-05746eb48123455e0' } },
      { type: 'Recon:IAMUser/MaliciousIPCaller.Custom', subject: { kind: 'credential', userType: 'IAMUser' } },
      { type: 'PenTest:S3/ParrotLinux', subject: { kind: 'buckets', names: ['bucketName'] } },
    ]);
  });

  test.each(['ec2-duty-event.json', 'iam-duty-event.json'])('%s is an administrator’s copy of a sample', (file) => {
    const body = readFileSync(corpusPath('events', 'cloud-custodian', file) ?? '', 'utf8');

    expect(parseGuardDutyEvent(body)).toMatchObject({
      outcome: 'threat',
      threat: { account: '883606788610', isSample: true },
    });
  });

  test('of everything else are refused with a reason, and none crashes', () => {
    const files = ['aws-lambda-go', 'cloud-custodian', 'config-transformerd', 'security-hub-asr', 'stratus-red-team']
      .flatMap((folder) => listFiles(corpusPath('events', folder)))
      .filter((file) => !file.endsWith('-duty-event.json'));
    const outcomes = files.map((file) => parseGuardDutyEvent(readFileSync(file, 'utf8')));

    expect(files.length).toBeGreaterThan(100);
    expect(outcomes.filter(({ outcome }) => outcome !== 'rejected')).toEqual([]);
  });
});

function listFiles(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
