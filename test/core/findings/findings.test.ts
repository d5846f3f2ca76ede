import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { asffFinding } from '../../../lambdas/core/findings/asff.ts';
import { describeImageFinding, type ImageVerdictFacts } from '../../../lambdas/core/findings/image-finding.ts';
import { planImports } from '../../../lambdas/core/findings/plan-imports.ts';
import { describeTrustFinding } from '../../../lambdas/core/findings/service-finding.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const STATES = ['verified', 'unsigned', 'invalid', 'gone', 'ignored'] as const;
const facts: ImageVerdictFacts = {
  account: '123456789012',
  region: 'eu-west-1',
  repository: 'acme/app',
  digest: digestOf('an image'),
  state: 'invalid',
  firstSeenAt: NOON,
  findingUpdatedAt: NOON + 1,
  tags: ['v1'],
  policy: 'acme-images',
  policyHash: 'sha256:policy',
  evidence: [],
  reasons: [{ code: 'identity-mismatch', message: 'The subject is another.' }],
};

describe('the finding about an image', () => {
  test('has the same id in every state, and the one that other findings have is another', () => {
    const ids = STATES.map((state) => describeImageFinding({ ...facts, state }).Id);

    expect(new Set(ids)).toEqual(new Set([`countersign/image/123456789012/eu-west-1/acme/app@${facts.digest}`]));
    expect(describeImageFinding({ ...facts, repository: 'acme/app2' }).Id).not.toBe(ids[0]);
  });

  test.each([
    ['invalid', 'ACTIVE', 'FAILED', 'HIGH'],
    ['unsigned', 'ACTIVE', 'FAILED', 'MEDIUM'],
    ['verified', 'ARCHIVED', 'PASSED', 'INFORMATIONAL'],
    ['gone', 'ARCHIVED', 'NOT_AVAILABLE', 'INFORMATIONAL'],
    ['ignored', 'ARCHIVED', 'NOT_AVAILABLE', 'INFORMATIONAL'],
  ] as const)('%s is %s', (state, record, compliance, severity) => {
    expect(describeImageFinding({ ...facts, state })).toMatchObject({
      RecordState: record,
      Compliance: { Status: compliance },
      FindingProviderFields: { Severity: { Label: severity } },
    });
  });

  test('an open one tells what happened, why it matters and what to do', () => {
    for (const state of ['invalid', 'unsigned'] as const) {
      const { Title, Description, Remediation } = describeImageFinding({ ...facts, state });

      expect(Title).toContain('acme/app');
      expect(Description).toContain('acme-images');
      expect(Description).toContain('The subject is another.');
      expect(Remediation.Recommendation.Text).toMatch(/[Ss]ign the digest|sign it with/);
    }
  });

  test('carries nothing that belongs to the analyst', () => {
    for (const state of STATES) {
      const finding = describeImageFinding({ ...facts, state });
      expect(Object.keys(finding)).not.toEqual(expect.arrayContaining(['Workflow']));
      for (const key of ['Workflow', 'Note', 'UserDefinedFields', 'VerificationState', 'Severity', 'Types']) {
        expect(finding).not.toHaveProperty(key);
      }
    }
  });

  test.each([
    ['eu-west-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
  ])('in %s belongs to the partition %s', (region, partition) => {
    const finding = describeImageFinding({ ...facts, region });

    expect(finding.ProductArn).toBe(`arn:${partition}:securityhub:${region}:123456789012:product/123456789012/default`);
    expect(finding.Resources[0]).toMatchObject({
      Partition: partition,
      Id: expect.stringContaining(`arn:${partition}:ecr:`),
    });
  });

  const text = fc.string({ unit: 'binary', maxLength: 5000 });
  const evidence = fc.record({
    policyLine: text,
    requirement: text,
    outcome: fc.constantFrom('satisfied', 'failed', 'missing', 'error'),
    format: fc.constantFrom('bundle', 'simple-signing', 'dsse'),
    origin: fc.record({ kind: fc.constantFrom('referrer', 'sig-tag'), tag: text }),
    signer: text,
    checks: fc.array(
      fc.record({
        check: fc.constantFrom('signature', 'identity'),
        result: fc.constantFrom('passed', 'failed'),
        detail: text,
      }),
      { maxLength: 4 },
    ),
    reason: fc.record({ code: text, message: text }),
  } as const);
  const hostile: fc.Arbitrary<ImageVerdictFacts> = fc.record({
    account: fc.constant(facts.account),
    region: fc.constant(facts.region),
    repository: fc.constant('a'.repeat(256)),
    digest: fc.constant(facts.digest),
    state: fc.constantFrom(...STATES),
    firstSeenAt: fc.constant(NOON),
    findingUpdatedAt: fc.constant(NOON + 1),
    tags: fc.array(fc.string({ unit: fc.constantFrom('a', '-', '.'), minLength: 1, maxLength: 128 }), {
      maxLength: 200,
    }),
    policy: fc.option(text),
    policyHash: fc.constant('sha256:policy'),
    evidence: fc.array(evidence, { maxLength: 30 }),
    reasons: fc.array(fc.record({ code: text, message: text }), { maxLength: 60 }),
  });

  test('is one that Security Hub takes, whatever was pushed', () => {
    fc.assert(
      fc.property(hostile, (one) => {
        const finding = describeImageFinding(one);

        expect(asffFinding.safeParse(finding).error?.issues).toBeUndefined();
        expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240 * 1024);
        expect(`${finding.Title}${finding.Description}${Object.values(finding.ProductFields).join('')}`).not.toMatch(
          /\p{C}/u,
        );
        expect(finding.Title.isWellFormed() && finding.Description.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('the finding about trust that cannot be used opens and closes under one id', () => {
  const open = describeTrustFinding(facts, { code: 'unusable-root', message: 'x'.repeat(5000) }, NOON);
  const closed = describeTrustFinding(facts, undefined, NOON + 1);

  expect(asffFinding.safeParse(open).success && asffFinding.safeParse(closed).success).toBe(true);
  expect([open.Id, open.RecordState, closed.RecordState]).toEqual([closed.Id, 'ACTIVE', 'ARCHIVED']);
});

describe('the plan for an invocation of the recorder', () => {
  const own = { account: facts.account, region: facts.region };
  const recordOf = (messageId: string, changes: Partial<ImageVerdictFacts> = {}) => ({
    messageId,
    body: JSON.stringify({ version: 1, finding: describeImageFinding({ ...facts, ...changes }) }),
  });

  const records = fc
    .array(
      fc.record({
        image: fc.nat({ max: 5 }),
        at: fc.nat({ max: 5 }),
        fault: fc.constantFrom('none', 'none', 'none', 'json', 'shape', 'account'),
      }),
      { maxLength: 40 },
    )
    .map((list) =>
      list.map(({ image, at, fault }, index) => {
        const record = recordOf(String(index), { digest: digestOf(String(image)), findingUpdatedAt: NOON + at });
        if (fault === 'json') return { ...record, body: record.body.slice(1) };
        if (fault === 'shape') return { ...record, body: '{"version":1,"finding":{}}' };
        return fault === 'account'
          ? { ...record, body: record.body.replaceAll('123456789012', '999999999999') }
          : record;
      }),
    );

  test('takes each finding once in its newest version and refuses the rest with a reason', () => {
    fc.assert(
      fc.property(records, (list) => {
        const plan = planImports(list, own);
        const imported = plan.batches.flat();
        const ids = imported.map(({ finding }) => finding.Id);
        const refused = new Set(plan.refused.map(({ record }) => record.messageId));

        expect(new Set(ids).size).toBe(ids.length);
        expect(plan.refused.every(({ reason }) => reason.code.length > 0)).toBe(true);
        for (const record of list) {
          if (refused.has(record.messageId)) continue;
          const { finding } = JSON.parse(record.body);
          const taken = imported.find((one) => one.finding.Id === finding.Id);
          expect(Date.parse(taken?.finding.UpdatedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(finding.UpdatedAt));
        }
      }),
    );
  });

  test('fills batches up to 100 findings and 6 MB', () => {
    const many = Array.from({ length: 250 }, (_, index) =>
      recordOf(String(index), { digest: digestOf(String(index)) }),
    );

    expect(planImports(many, own).batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
    const big = Array.from({ length: 60 }, (_, index) => {
      const record = recordOf(String(index), { digest: digestOf(String(index)) });
      return { ...record, body: `${record.body}${' '.repeat(200_000)}` };
    });
    const batches = planImports(big, own).batches;
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches)
      expect(batch.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(6_000_000);
  });

  test('refuses what is larger than Security Hub takes', () => {
    const record = recordOf('1');

    expect(planImports([{ ...record, body: `${record.body}${' '.repeat(240 * 1024)}` }], own)).toMatchObject({
      batches: [],
      refused: [{ reason: { code: 'finding-too-large' } }],
    });
  });
});
