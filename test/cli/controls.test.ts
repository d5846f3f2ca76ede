import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const control = (id: string, status: string, more: object = {}) => ({
  GeneratorId: `security-control/${id}`,
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
  Compliance: { Status: status, SecurityControlId: id },
  ...more,
});
const config = (name: string, status: string) => ({
  GeneratorId: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef',
  RecordState: 'ACTIVE',
  Compliance: { Status: status },
  ProductFields: { 'aws/config/ConfigRuleName': name },
});
const own = (rule: string, status: string, state = 'ACTIVE') => ({
  GeneratorId: `countersign/${rule}`,
  RecordState: state,
  Compliance: { Status: status },
});

const save = (findings: unknown) => join(makeFolder({ 'findings.json': JSON.stringify(findings) }), 'findings.json');

async function stateOf(requirement: string, standard: string, findings: readonly object[]) {
  const file = save({ Findings: findings });
  const { out } = await runCli(['controls', 'report', '--findings', file, '--standard', standard, '--json']);
  const [{ requirements }] = JSON.parse(out).standards;
  return requirements.find((one: { requirement: string }) => one.requirement === requirement)?.state;
}

describe('countersign controls report', () => {
  it('tells coverage without findings, and calls nothing passed', async () => {
    const { code, out } = await runCli(['controls', 'report', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(out).findings).toBeNull();
    for (const { counts, requirements } of JSON.parse(out).standards) {
      expect(counts).toMatchObject({ passed: 0, failed: 0, suppressed: 0 });
      expect(counts.unknown).toBeGreaterThan(0);
      expect(counts.unknown + counts.unmapped).toBe(requirements.length);
    }
  });

  it.each([
    ['1.14', 'cis-1.4', [control('IAM.3', 'FAILED')], 'failed'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'PASSED')], 'passed'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'PASSED'), config('access-keys-rotated', 'FAILED')], 'failed'],
    ['1.14', 'cis-1.4', [config('securityhub-access-keys-rotated-1a2b3c4d', 'FAILED')], 'failed'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'FAILED', { Workflow: { Status: 'SUPPRESSED' } })], 'suppressed'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'FAILED', { RecordState: 'ARCHIVED' })], 'unknown'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'PASSED', { RecordState: 'ARCHIVED' })], 'unknown'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'NOT_AVAILABLE')], 'unknown'],
    ['1.14', 'cis-1.4', [control('IAM.3', 'WARNING')], 'failed'],
    ['1.14', 'cis-1.4', [own('iam-check/access-key-age', 'PASSED', 'ARCHIVED')], 'passed'],
    ['CM-14', 'nist-800-53-r5', [own('image-signatures', 'FAILED')], 'failed'],
    ['Art. 32', 'gdpr', [own('iam-baseline', 'FAILED')], 'failed'],
    ['1.1', 'cis-1.4', [control('IAM.3', 'FAILED')], 'unmapped'],
  ])('takes %s of %s with %j for %s', async (requirement, standard, findings, state) => {
    expect(await stateOf(requirement, standard, findings)).toBe(state);
  });

  it('prints a table with what failed, and ends with 1', async () => {
    const file = save({ Findings: [control('IAM.3', 'FAILED')] });
    const { code, out } = await runCli(['controls', 'report', '--findings', file, '--standard', 'cis-1.4']);

    expect(code).toBe(1);
    expect(out).toMatch(/^standard +all +failed +suppressed +passed +unknown +unmapped\n/);
    expect(out).toMatch(/\nFAILED cis-1\.4 1\.14: access-keys-rotated, countersign\/iam-check\/access-key-age\n$/);
  });

  it('writes a page that needs nothing else and names its headings', async () => {
    const page = join(makeFolder({}), 'report.html');
    const { code } = await runCli(['controls', 'report', '--html', page], { clock: () => 0 });
    const html = readFileSync(page, 'utf8');

    expect(code).toBe(0);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('Made 1970-01-01T00:00:00.000Z.');
    expect(html.match(/<caption>/g)).toHaveLength(8);
    expect(html).toMatch(/<th scope="row">1\.14<\/th>/);
    expect(html).not.toMatch(/<script|https?:|src=|url\(/);
  });

  it('reads every page of the live Security Hub', async () => {
    const mock = mockClient(SecurityHubClient);
    mock
      .on(GetFindingsCommand)
      .resolvesOnce({ Findings: [], NextToken: 'more' })
      .resolves({
        Findings: [
          {
            SchemaVersion: '2018-10-08',
            Id: 'one',
            ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
            AwsAccountId: '111122223333',
            CreatedAt: '2026-01-01T00:00:00Z',
            UpdatedAt: '2026-01-01T00:00:00Z',
            Title: 'keys',
            Description: 'keys',
            Resources: [],
            GeneratorId: 'security-control/IAM.3',
            RecordState: 'ACTIVE',
            Compliance: { Status: 'FAILED', SecurityControlId: 'IAM.3' },
          },
        ],
      });
    const client = new SecurityHubClient({ region: 'eu-west-1' });
    const args = ['controls', 'report', '--live', '--region', 'eu-west-1'];

    expect((await runCli(args, { securityHubIn: () => client })).code).toBe(1);
    mock.on(GetFindingsCommand).rejects(new Error('throttled'));
    expect(await runCli(args, { securityHubIn: () => client })).toMatchObject({ code: 3, out: '' });
    mock.restore();
  });

  it.each([
    [['--findings', 'nowhere.json'], 3, /no file nowhere\.json/],
    [['--standard', 'cis-2.0'], 2, /no standard cis-2\.0; did you mean/],
    [['--live', '--findings', 'x'], 2, /either --findings or --live/],
    [['--region', 'eu-west-1'], 2, /--region needs --live/],
    [['--live'], 2, /which region/],
    [['--html', join('nowhere', 'at', 'all.html')], 3, /all\.html/],
    [['again'], 2, /one action is taken/],
  ])('with %j ends with %i', async (args, code, message) => {
    const ran = await runCli(['controls', 'report', ...args]);

    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(message);
  });

  it.each([
    [{ Findings: [{ GeneratorId: 3 }] }, /is no output of get-findings: Findings\.0/],
    [[], /is no output of get-findings/],
    [{ Findings: [], NextToken: 'more' }, /one page only/],
  ])('cannot decide by %j', async (content, message) => {
    const ran = await runCli(['controls', 'report', '--findings', save(content)]);

    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toMatch(message);
  });
});
