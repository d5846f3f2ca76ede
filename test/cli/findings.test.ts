import { BatchImportFindingsCommand, BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../lambdas/core/digest.ts';
import type { AsffFinding } from '../../lambdas/core/findings/asff.ts';
import { describeDriftFinding } from '../../lambdas/core/findings/drift-finding.ts';
import { describeHeartbeat } from '../../lambdas/core/findings/heartbeat-finding.ts';
import { describeImageFinding } from '../../lambdas/core/findings/image-finding.ts';
import { prepareAccount } from '../local/account/prepare.ts';
import { runCli } from '../support/run-cli.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const where = { account: '123456789012', region: 'eu-west-1' };
const plan = `plan-${'ab'.repeat(16)}`;
const roleArn = 'arn:aws:iam::123456789012:role/app';

const image = (state: 'invalid' | 'unsigned' | 'verified', content: string, at = NOON) =>
  describeImageFinding({
    ...{ ...where, repository: 'acme/app', digest: digestOf(content), state, tags: [], policy: 'all' },
    ...{ firstSeenAt: NOON, findingUpdatedAt: at, policyHash: 'sha256:policy', evidence: [], reasons: [] },
  });
const drift = describeDriftFinding({
  ...{ ...where, resource: roleArn, state: 'drifted', firstSeenAt: NOON, findingUpdatedAt: NOON + 1000 },
  ...{ deviations: ['a \u001b[2J policy'], paths: [] },
  plans: [
    {
      ...{ kind: 'revert', id: plan, state: 'proposed', mode: 'approve', does: 'detach it', reversible: true },
      ...{ planDigest: digestOf('plan'), head: digestOf('head') },
    },
  ],
});
const heartbeat = describeHeartbeat({ ...where, resource: roleArn, state: 'missed', planted: 'x', now: NOON });

async function listOf(held: readonly AsffFinding[], ...args: readonly string[]) {
  const { securityHub } = prepareAccount().account.clients;
  for (let first = 0; first < held.length; first += 100) {
    await securityHub.send(new BatchImportFindingsCommand({ Findings: held.slice(first, first + 100) }));
  }
  const [one] = held;
  if (one !== undefined && args.includes('suppressed')) {
    const { Id, ProductArn } = one;
    await securityHub.send(
      new BatchUpdateFindingsCommand({ FindingIdentifiers: [{ Id, ProductArn }], Workflow: { Status: 'SUPPRESSED' } }),
    );
  }
  const ran = await runCli(['findings', '--region', where.region, '--json', ...args], {
    securityHubIn: () => securityHub,
  });
  const found = ran.out.split('\n').flatMap((line): { id: string }[] => (line === '' ? [] : [JSON.parse(line)]));
  return { ...ran, ids: found.map(({ id }) => id), found };
}

const foreign = { ...image('invalid', 'theirs'), Id: 'theirs', ProductName: 'Other' };
const HELD = [image('invalid', 'a'), image('verified', 'b'), drift, heartbeat];
const [invalid, verified] = HELD.map(({ Id }) => Id);

describe('countersign findings', () => {
  it.each([
    [[], [drift.Id, invalid, heartbeat.Id]],
    [['--kind', 'image'], [invalid]],
    [
      ['--kind', 'drift', '--kind', 'service'],
      [drift.Id, heartbeat.Id],
    ],
    [['--kind', 'check'], []],
    [['--state', 'archived'], [verified]],
    [['--state', 'suppressed'], [invalid]],
    [['--state', 'resolved'], []],
    [
      ['--state', 'all', '--kind', 'image'],
      [invalid, verified],
    ],
    [['--needs', 'approval'], [drift.Id]],
    [['--needs', 'settlement'], []],
    [
      ['--resource', roleArn],
      [drift.Id, heartbeat.Id],
    ],
    [['--resource', 'arn:aws:ecr:eu-west-1:123456789012:repository/acme/app'], [invalid]],
  ])('with %j lists what was asked for, the newest first', async (args, expected) => {
    const { ids, code } = await listOf(HELD, ...args);

    expect(ids).toEqual(expected);
    expect(code).toBe(0);
  });

  it('reads every page', async () => {
    const many = Array.from({ length: 250 }, (_one, index) => image('unsigned', `image ${index}`, NOON + index));

    expect((await listOf(many)).ids).toEqual(many.map(({ Id }) => Id).toReversed());
  });

  it('leaves out what others wrote', async () => {
    const { clients } = prepareAccount().account;
    await clients.securityHub.send(new BatchImportFindingsCommand({ Findings: [foreign] }));

    const ran = await runCli(['findings', '--region', 'eu-west-1'], { securityHubIn: () => clients.securityHub });
    expect(ran).toMatchObject({ code: 0, out: '' });
  });

  it('tells a person what is needed, and shows nothing that a terminal obeys', async () => {
    const { clients } = prepareAccount().account;
    const Title = 'role/app \u001b[2J differs';
    const broken = {
      ...{ ...drift, Id: 'countersign/iam/other' },
      ProductFields: { 'countersign/Needs': 'approval', 'countersign/Plan': '$(reboot)' },
    };
    await clients.securityHub.send(new BatchImportFindingsCommand({ Findings: [{ ...drift, Title }, broken] }));
    const ran = await runCli(['findings', '--region', 'eu-west-1'], { securityHubIn: () => clients.securityHub });

    expect(ran.out).toContain(
      `HIGH           open        2026-11-23T12:00:01.000Z  ${roleArn}  role/app \\u{1b}[2J differs\n`,
    );
    expect(ran.out).toContain(`  needs approval: countersign plan show ${plan}\n`);
    expect(ran.out).not.toContain('\u001b');
    expect(ran.out).not.toContain('reboot');
  });

  it('lists nothing where a page cannot be read', async () => {
    const { clients } = prepareAccount({ faults: { throttleRate: 1 }, maxAttempts: 1 }).account;
    const ran = await runCli(['findings', '--region', 'eu-west-1'], { securityHubIn: () => clients.securityHub });

    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toContain('securityhub:GetFindings');
  });

  it.each([
    [['--kind', 'imgae'], /no kind imgae; did you mean image/],
    [['--kind', 'constructor'], /no kind constructor/],
    [['--state', 'closed'], /no state closed/],
    [['--needs', 'nothing'], /no need nothing/],
    [['image'], /options only/],
    [[], /which region/],
  ])('%j is wrong usage', async (args, message) => {
    const ran = await runCli(['findings', ...args]);

    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(message);
  });
});
