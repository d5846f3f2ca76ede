import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const ACCOUNT = '111122223333';
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:${name}`;
const policy = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const user = (name: string, document: unknown) => ({
  ...{ Path: '/', UserName: name, UserId: `AIDA${name.toUpperCase().padStart(17, '0')}`, Arn: arn(`user/${name}`) },
  ...{ CreateDate: '2026-01-01T00:00:00Z', GroupList: [], AttachedManagedPolicies: [] },
  UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document }],
});
const details = (...users: readonly object[]) => ({
  ...{ UserDetailList: users, GroupDetailList: [], RoleDetailList: [], Policies: [] },
});
const RAISES = user('raises', policy('iam:PutUserPolicy'));
const READS = user('reads', policy('s3:GetObject'));
const BLOCKED = user('joins', policy('iam:AddUserToGroup'));

const save = (content: unknown) => join(makeFolder({ 'account.json': JSON.stringify(content) }), 'account.json');
const stdinOf = (...lines: readonly string[]) =>
  async function* () {
    yield Buffer.from(lines.join('\n'));
  };
const answer = z.looseObject({
  id: z.unknown(),
  admin: z.boolean().nullable(),
  paths: z.array(
    z.looseObject({
      id: z.string(),
      status: z.enum(['proven', 'possible', 'blocked-by']),
      statements: z.array(z.strictObject({ action: z.string(), policy: z.string(), statement: z.number() })),
    }),
  ),
});
const answersOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => answer.parse(JSON.parse(line)));

describe('iam paths --account FILE', () => {
  it('names who leads to administrator rights, by which statement, and ends with 1', async () => {
    const { code, out, err } = await runCli(['iam', 'paths', '--account', save(details(RAISES, READS))]);

    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toBe(
      `${arn('user/raises')}: leads to administrator rights
  proven iam-007 through statement 1 of inline policy own
2 principals: 0 administrators, 1 lead there, 0 documents not readable
`,
    );
  });

  it('ends with 0 where nobody does, and shows with --all what is blocked', async () => {
    const file = save(details(READS, BLOCKED));

    expect(await runCli(['iam', 'paths', '--account', file])).toMatchObject({ code: 0 });
    expect((await runCli(['iam', 'paths', '--account', file, '--all'])).out).toContain(
      'blocked-by iam-013 through statement 1 of inline policy own, no group with administrator rights is within its reach',
    );
  });

  it('answers for one principal, as JSON', async () => {
    const file = save(details(RAISES, READS));

    const { code, out } = await runCli([
      'iam',
      'paths',
      '--account',
      file,
      '--principal',
      arn('user/raises'),
      '--json',
    ]);

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      principals: [{ arn: arn('user/raises'), administrator: 'by-path', paths: [{ id: 'iam-007', status: 'proven' }] }],
      unread: [],
    });
    expect(await runCli(['iam', 'paths', '--account', file, '--principal', arn('user/nobody')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no user or role of the account'),
    });
  });

  it('ends with 3 where a document cannot be read, and names it', async () => {
    const { code, out } = await runCli(['iam', 'paths', '--account', save(details(user('broken', '{'), READS))]);

    expect(code).toBe(3);
    expect(out).toContain(`UNREAD ${arn('user/broken')}: inline policy own`);
  });

  it('shows no control character of a name', async () => {
    const hostile = {
      ...RAISES,
      UserPolicyList: [{ PolicyName: 'a\u001b[31m', PolicyDocument: policy('iam:PutUserPolicy') }],
    };

    const { out } = await runCli(['iam', 'paths', '--account', save(details(hostile))]);

    expect(out).not.toContain('\u001b');
  });

  it('takes no file for an argument', async () => {
    expect(await runCli(['iam', 'paths', 'account.json'])).toMatchObject({ code: 2 });
  });
});

describe('iam paths --ndjson', () => {
  it('answers every line in order, with policies as objects or as text', async () => {
    const lines = [
      { id: 1, identityPolicies: [policy('iam:PutUserPolicy')] },
      { id: 'text', identityPolicies: [encodeURIComponent(JSON.stringify(policy('iam:PutUserPolicy')))] },
      { id: 'bounded', identityPolicies: [policy('iam:PutUserPolicy')], boundary: policy('s3:*') },
      { id: 'reads', identityPolicies: [policy('s3:GetObject')] },
      {
        id: 'chain',
        identityPolicies: [policy('sts:AssumeRole')],
        inventory: {
          principals: [
            {
              arn: arn('role/admin'),
              identityPolicies: [policy('*')],
              trust: { Statement: { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' } },
            },
          ],
        },
      },
    ];

    const { code, out } = await runCli(['iam', 'paths', '--ndjson'], {
      stdin: stdinOf(...lines.map((line) => JSON.stringify(line))),
    });

    expect(code).toBe(0);
    expect(answersOf(out)).toMatchObject([
      { id: 1, admin: true, paths: [{ id: 'iam-007', status: 'proven', statements: [{ statement: 1 }] }] },
      { id: 'text', admin: true },
      { id: 'bounded', admin: false, paths: [{ id: 'iam-007', status: 'blocked-by' }] },
      { id: 'reads', admin: false, paths: [] },
      { id: 'chain', admin: true, paths: [{ id: 'sts-001', status: 'proven', target: arn('role/admin') }] },
    ]);
  });

  it.each([
    ['no JSON', '{', null],
    ['no policies', '{"id":"a"}', 'a'],
    ['a document that is none', '{"id":"b","identityPolicies":["{"]}', 'b'],
    ['an inventory that is none', '{"id":"c","identityPolicies":[],"inventory":7}', 'c'],
  ])('says of a line with %s that it cannot be read, and goes on', async (_name, line, id) => {
    const { code, out } = await runCli(['iam', 'paths', '--ndjson'], {
      stdin: stdinOf(line, JSON.stringify({ id: 'next', identityPolicies: [] })),
    });

    expect(code).toBe(3);
    expect(answersOf(out)).toMatchObject([
      { id, line: 1, admin: null, paths: [], error: expect.any(String) },
      { id: 'next', admin: false, paths: [] },
    ]);
  });
});
