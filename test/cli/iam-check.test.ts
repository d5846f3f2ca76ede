import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const NOW = Date.parse('2026-11-01T00:00:00Z');

const roleWith = (statement: object) => ({
  Arn: 'arn:aws:iam::111122223333:role/deploy',
  RoleName: 'deploy',
  RoleId: 'AROAEXAMPLEDEPLOY0001',
  Path: '/',
  AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [statement] },
  RolePolicyList: [],
  AttachedManagedPolicies: [],
  InstanceProfileList: [],
  Tags: [],
});
const token = (condition: object) => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${GITHUB}` },
  Condition: condition,
});
const audience = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };
const pinned = token({ StringEquals: { ...audience, [`${GITHUB}:sub`]: 'repo:acme/app:environment:prod' } });

function save(statement: object, report?: string) {
  const account = {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: [roleWith(statement)],
    Policies: [],
    IsTruncated: false,
  };
  const folder = makeFolder({ 'account.json': JSON.stringify(account), 'report.json': report ?? '' });
  return { account: join(folder, 'account.json'), report: join(folder, 'report.json') };
}

const CSV = [
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date',
  'ann,arn:aws:iam::111122223333:user/ann,2026-10-01T00:00:00Z,true,2026-10-31T00:00:00Z,2026-10-01T00:00:00Z,N/A,false,false,N/A,N/A,false,N/A,N/A',
].join('\n');

describe('countersign iam check', () => {
  it('finds nothing where audience and subject are pinned', async () => {
    const { account } = save(pinned);

    expect(await runCli(['iam', 'check', '--account', account])).toMatchObject({
      code: 0,
      out: '1 checks, 0 failed, 0 not readable\n',
    });
  });

  it('names the statement that lets anybody in', async () => {
    const { account } = save(token({ StringEquals: audience }));
    const { code, out } = await runCli(['iam', 'check', '--account', account]);

    expect(code).toBe(1);
    expect(out).toMatch(
      /^CRITICAL arn:aws:iam::111122223333:role\/deploy: .*\n {2}statement 1 lets anyone who can get a token/,
    );
  });

  it('takes the credential report as the AWS CLI prints it, and by the clock that it is given', async () => {
    const { account, report } = save(pinned, JSON.stringify({ Content: Buffer.from(CSV).toString('base64') }));
    const args = ['iam', 'check', '--account', account, '--credential-report', report, '--json'];
    const { code, out } = await runCli(args, { clock: () => NOW });

    expect(code).toBe(1);
    expect(JSON.parse(out).results).toEqual([
      expect.objectContaining({
        check: 'console-mfa',
        severity: 'HIGH',
        resource: 'arn:aws:iam::111122223333:user/ann',
      }),
    ]);
  });

  it('cannot decide about a trust policy that it cannot read', async () => {
    const { account } = save({ Effect: 'Perhaps', Action: 'sts:AssumeRole', Principal: '*' });
    const { code, out } = await runCli(['iam', 'check', '--account', account]);

    expect(code).toBe(3);
    expect(out).toMatch(/^UNREAD arn:aws:iam::111122223333:role\/deploy/);
  });

  it.each([
    [['--key-age', 'old'], 2],
    [['--own-account', '12'], 2],
    [['something'], 2],
    [['--credential-report', 'nowhere.csv'], 3],
  ])('with %j ends with %i', async (args, code) => {
    const { account } = save(pinned);

    expect((await runCli(['iam', 'check', '--account', account, ...args])).code).toBe(code);
  });
});
