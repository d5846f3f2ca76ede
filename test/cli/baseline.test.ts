import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
  GetAccountAuthorizationDetailsCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { p256 } from '@noble/curves/nist.js';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareAccount } from '../local/account/prepare.ts';
import { READ, TRUST } from '../support/baselines.ts';
import { runCli } from '../support/run-cli.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const ROLE = 'arn:aws:iam::123456789012:role/team/app';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-baselines-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** An account with a role, a user and a policy, a key that the policy trusts, and a versioned bucket. */
async function prepare() {
  const { account } = prepareAccount();
  const { iam, s3 } = account.clients;
  await iam.send(
    new CreateRoleCommand({ RoleName: 'app', Path: '/team/', AssumeRolePolicyDocument: JSON.stringify(TRUST) }),
  );
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'read', PolicyDocument: JSON.stringify(READ) }),
  );
  await iam.send(new CreateUserCommand({ UserName: 'ana' }));
  await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: JSON.stringify(READ) }));
  await s3.send(new CreateBucketCommand({ Bucket: 'baselines' }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: 'baselines', VersioningConfiguration: { Status: 'Enabled' } }),
  );
  const folder = join(home, 'iam');
  const key = writeKey('owners');
  const policy = join(home, 'trust-policy.yaml');
  writeFileSync(
    policy,
    `version: 1
signers:
  owners: { key: { file: owners.pub }, transparencyLog: not-required }
images:
  - { name: none, repositories: ['**'], require: { signedBy: owners } }
baselines:
  - { name: all, resources: ['arn:aws:iam::123456789012:**'], require: { signedBy: owners } }
otherRepositories: ignore
`,
  );
  let now = NOW;
  const run = (action: string, ...options: string[]) =>
    runCli(['baseline', action, folder, ...options], { aws: { iam, s3 }, clock: () => now });
  return { iam, s3, folder, key, policy, run, wait: (ms: number) => (now += ms) };
}

function writeKey(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(home, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
  const file = join(home, `${name}.key`);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return file;
}

/** What KMS does with `MessageType: DIGEST`: the digest is signed as it is. */
function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const scalar = Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url');
  return p256.sign(digest, scalar, { prehash: false, format: 'der' });
}

describe('countersign baseline', () => {
  it('captures the live account as files for a reviewer', async () => {
    const { folder, run } = await prepare();

    const { code, out } = await run('capture');

    expect(code).toBe(0);
    expect(out).toContain('3 written, 0 as they were, 0 gone, 0 left to AWS');
    const text = readFileSync(join(folder, 'roles', 'app.yaml'), 'utf8');
    expect(text.replace(/AROA\w+/, 'AROA')).toBe(`version: 1
created: 2026-11-23T12:00:00.000Z
state:
  kind: role
  arn: ${ROLE}
  uniqueId: AROA
  trust:
    Version: 2012-10-17
    Statement:
      - Effect: Allow
        Principal:
          Service: ec2.amazonaws.com
        Action: sts:AssumeRole
  inline:
    - name: read
      document:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: s3:Get*
            Resource: "*"
  attached: []
  tags: []
  instanceProfiles: []
`);
  });

  it('leaves files alone whose state means the same, and counts up the others', async () => {
    const { iam, folder, run, wait } = await prepare();
    await run('capture');
    const before = readFileSync(join(folder, 'users', 'ana.yaml'), 'utf8');
    wait(1000);
    const document = JSON.stringify({ Statement: READ.Statement, Version: READ.Version });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'read', PolicyDocument: document }));
    const same = await run('capture');
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::123456789012:policy/own' }));
    await iam.send(new DeleteUserCommand({ UserName: 'ana' }));

    const { out } = await run('capture');

    expect(same.out).toContain('0 written, 3 as they were');
    expect(out).toContain('1 written, 1 as they were, 1 gone');
    expect(readFileSync(join(folder, 'roles', 'app.yaml'), 'utf8')).toContain('version: 2\n');
    expect(readFileSync(join(folder, 'users', 'ana.yaml'), 'utf8')).toBe(before);
  });

  it('names the credentials of users by id, and keeps them where a source does not tell', async () => {
    const { iam, folder, run } = await prepare();
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));
    await run('capture');
    const text = readFileSync(join(folder, 'users', 'ana.yaml'), 'utf8');
    await iam.send(
      new AttachUserPolicyCommand({ UserName: 'ana', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    );
    const details = join(home, 'account.json');
    writeFileSync(details, JSON.stringify(await iam.send(new GetAccountAuthorizationDetailsCommand({}))));

    await run('capture', '--account', details);
    const later = readFileSync(join(folder, 'users', 'ana.yaml'), 'utf8');
    const { code } = await run('diff');
    await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));

    expect(text).toContain(`  credentials:
    accessKeys:
      - ${AccessKey?.AccessKeyId}
    password: false
    mfaDevices: []
`);
    expect(text).not.toContain(AccessKey?.SecretAccessKey);
    expect(later).toContain('version: 2');
    expect(later).toContain(`      - ${AccessKey?.AccessKeyId}\n`);
    expect(code).toBe(0);
    expect((await run('diff')).out).toMatch(/user\/ana\n {2}access-key AKIA\w+ added \(wider\)/);
  });

  it('tells in what the account differs and what that does', async () => {
    const { iam, run } = await prepare();
    await run('capture');
    const same = await run('diff');
    const admin = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'x', PolicyDocument: admin }));
    await iam.send(new CreateUserCommand({ UserName: 'eve' }));

    const { code, out } = await run('diff');
    const json = await run('diff', '--json');

    expect(same).toMatchObject({ code: 0, out: '' });
    expect(code).toBe(1);
    expect(out).toContain(`${ROLE}\n  inline x added (wider)`);
    expect(out).toContain('user/eve\n  has no baseline (unknown)');
    expect(JSON.parse(json.out)).toMatchObject([
      { arn: ROLE, differences: [{ part: 'inline', name: 'x', change: 'added', verdict: 'wider' }] },
      { arn: 'arn:aws:iam::123456789012:user/eve' },
    ]);
  });

  it('signs, verifies offline, publishes, and does nothing twice', async () => {
    const { s3, key, policy, run } = await prepare();
    await run('capture');

    const unsigned = await run('verify', '--policy', policy);
    const signed = await run('sign', '--key', key);
    const again = await run('sign', '--key', key);
    const verified = await run('verify', '--policy', policy);
    const published = await run('publish', '--policy', policy, '--bucket', 'baselines');
    const unchanged = await run('publish', '--policy', policy, '--bucket', 'baselines');
    const stored = await s3.send(
      new GetObjectCommand({ Bucket: 'baselines', Key: 'baselines/123456789012/roles/app.sigstore.jsonl' }),
    );

    expect(unsigned.code).toBe(1);
    expect(unsigned.out).toContain(`missing  ${ROLE}`);
    expect(signed.out).toContain('3 signed, 0 already were');
    expect(again.out).toContain('0 signed, 3 already were');
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining(`signed v1  ${ROLE}`) });
    expect(published).toMatchObject({ code: 0, out: expect.stringContaining(`published  ${ROLE}`) });
    expect(unchanged).toMatchObject({ code: 0, out: expect.stringContaining(`unchanged  ${ROLE}`) });
    expect(await stored.Body?.transformToString()).toContain('dsseEnvelope');
  });

  it('refuses a file that was changed after it was signed', async () => {
    const { folder, key, policy, run } = await prepare();
    await run('capture');
    await run('sign', '--key', key);
    const file = join(folder, 'roles', 'app.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('s3:Get*', 's3:*'));

    const { code, out } = await run('verify', '--policy', policy);
    const published = await run('publish', '--policy', policy, '--bucket', 'baselines');

    expect(code).toBe(1);
    expect(out).toContain(`other-state v1  ${ROLE}`);
    expect(published.code).toBe(1);
  });

  it('refuses a file that promises to last longer than what was signed', async () => {
    const { folder, key, policy, run } = await prepare();
    await run('capture', '--valid-for', '1d');
    await run('sign', '--key', key);
    const file = join(folder, 'roles', 'app.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('expires: 2026-11-24', 'expires: 2027-11-24'));

    expect(await run('verify', '--policy', policy)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`other-state v1  ${ROLE}`),
    });
  });

  it('signs with a key of KMS, by the digest of what is signed', async () => {
    const { folder, policy } = await prepare();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(home, 'owners.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const kms = mockClient(KMSClient);
    kms.on(GetPublicKeyCommand).resolves({
      PublicKey: publicKey.export({ type: 'spki', format: 'der' }),
      KeyUsage: 'SIGN_VERIFY',
    });
    kms.on(SignCommand).callsFake(({ Message, MessageType, SigningAlgorithm }) => {
      if (MessageType !== 'DIGEST' || SigningAlgorithm !== 'ECDSA_SHA_256') throw new TypeError('another algorithm');
      return { Signature: signDigest(privateKey, Message) };
    });
    const { account } = prepareAccount();
    await account.clients.iam.send(new CreateUserCommand({ UserName: 'ana' }));
    const aws = { iam: account.clients.iam, kms: new KMSClient({ region: 'eu-west-1' }) };
    const run = (...args: string[]) => runCli(['baseline', ...args], { aws, clock: () => NOW });
    await run('capture', folder);

    const signed = await run('sign', folder, '--kms', 'arn:aws:kms:eu-west-1:123456789012:key/1');
    const verified = await run('verify', folder, '--policy', policy);

    expect([signed.code, verified.code]).toEqual([0, 0]);
    expect(kms.commandCalls(SignCommand)).toHaveLength(1);
  });

  it('appends an approval and publishes it, with the trust and the bucket of the configuration', async () => {
    const { iam, s3, key, run } = await prepare();
    const config = join(home, 'countersign.config.yaml');
    writeFileSync(
      config,
      `version: 1
images: { mode: observe, grace: 10m, trustPolicy: trust-policy.yaml }
iam: { mode: observe, baselines: { bucket: baselines }, limits: { perHour: 10, mostHolders: 3 } }
alarms: { email: oncall@example.test }
logs: { retentionDays: 90 }
`,
    );
    await run('capture');
    await run('sign', '--key', key);
    const approve = () => run('approve', '--arn', ROLE, '--reason', 'incident 7', '--valid-for', '7d', '--key', key);
    const nothing = await approve();
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::123456789012:policy/own' }));

    const approved = await approve();
    const verified = await run('verify', '--config', config);
    const published = await run('publish', '--config', config);
    const stored = await s3.send(
      new GetObjectCommand({ Bucket: 'baselines', Key: 'baselines/123456789012/roles/app.sigstore.jsonl' }),
    );

    expect(nothing.out).toContain('nothing to approve');
    expect(approved).toMatchObject({ code: 0, out: `approved for 7d  ${ROLE}\n` });
    expect([verified.code, published.code]).toEqual([0, 0]);
    expect((await stored.Body?.transformToString())?.trim().split('\n')).toHaveLength(2);
  });

  it('refuses the key of somebody else', async () => {
    const { policy, run } = await prepare();
    await run('capture');
    await run('sign', '--key', writeKey('stranger'));

    expect(await run('verify', '--policy', policy)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`invalid  ${ROLE}`),
    });
  });

  it('does not publish an older version over a newer one, also where the newer one has ended', async () => {
    const { iam, folder, key, policy, run, wait } = await prepare();
    await run('capture');
    await run('sign', '--key', key);
    const old = ['yaml', 'sigstore.jsonl'].map((end): [string, string] => {
      const path = join(folder, 'roles', `app.${end}`);
      return [path, readFileSync(path, 'utf8')];
    });
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::123456789012:policy/own' }));
    await run('capture', '--valid-for', '1d');
    await run('sign', '--key', key);
    const first = await run('publish', '--policy', policy, '--bucket', 'baselines');
    for (const [path, text] of old) writeFileSync(path, text);
    wait(1000);

    const rolledBack = await run('publish', '--policy', policy, '--bucket', 'baselines');
    wait(2 * 86_400_000);
    for (const name of ['users/ana', 'policies/own']) rmSync(join(folder, `${name}.yaml`));
    const ended = await run('publish', '--policy', policy, '--bucket', 'baselines');

    expect(first.code).toBe(0);
    expect(rolledBack).toMatchObject({ code: 1, out: expect.stringContaining(`refused (rolled-back`) });
    expect(ended).toMatchObject({ code: 1, out: expect.stringContaining(`refused (rolled-back`) });
  });

  it('does not publish to a bucket that keeps no former versions', async () => {
    const { s3, key, policy, run } = await prepare();
    await s3.send(new CreateBucketCommand({ Bucket: 'plain' }));
    await run('capture');
    await run('sign', '--key', key);

    expect(await run('publish', '--policy', policy, '--bucket', 'plain')).toMatchObject({ code: 3 });
  });

  it('writes statements for somebody else to sign and takes what they made', async () => {
    const { folder, key, policy, run } = await prepare();
    await run('capture');
    const statements = join(home, 'statements');

    const written = await run('sign', '--statements', statements);
    await run('sign', '--key', key);
    const signed = join(folder, 'roles', 'app.sigstore.jsonl');
    const bundle = join(home, 'app.bundle.json');
    writeFileSync(bundle, JSON.stringify(JSON.parse(readFileSync(signed, 'utf8')), null, 2));
    rmSync(signed);
    const taken = await run('sign', '--bundle', bundle);
    const again = await run('sign', '--bundle', bundle);

    const statement = JSON.parse(readFileSync(join(statements, 'roles', 'app.statement.json'), 'utf8'));
    expect(written.code).toBe(0);
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: ROLE }],
      predicateType: 'urn:countersign:iam-baseline:v1',
    });
    expect([taken.code, again.code]).toEqual([0, 0]);
    expect(readFileSync(signed, 'utf8').trim().split('\n')).toHaveLength(1);
    expect((await run('verify', '--policy', policy)).code).toBe(0);
  });

  it('refuses a bundle over a state that is not in the folder', async () => {
    const { folder, key, run } = await prepare();
    await run('capture');
    await run('sign', '--key', key);
    const bundle = join(home, 'app.bundle.json');
    writeFileSync(bundle, readFileSync(join(folder, 'roles', 'app.sigstore.jsonl'), 'utf8').trim());
    await run('capture', '--valid-for', '1d');

    expect(await run('sign', '--bundle', bundle)).toMatchObject({ code: 3 });
  });

  it.each<[string, string, string[], number]>([
    ['no such action', 'sing', [], 2],
    ['an option of another action', 'verify', ['--key', 'x'], 2],
    ['two sources', 'capture', ['--account', 'a', '--terraform', 'b'], 2],
    ['a template without its account', 'capture', ['--template', 'a'], 2],
    ['a duration that is none', 'capture', ['--valid-for', 'soon'], 2],
    ['a source that is not there', 'capture', ['--account', '/nowhere'], 3],
    ['a folder without baselines', 'verify', ['--policy', 'x'], 2],
    ['two ways to sign', 'sign', ['--key', 'a', '--kms', 'b'], 2],
    ['no bucket', 'publish', [], 2],
    ['a policy and a configuration', 'verify', ['--policy', 'a', '--config', 'b'], 2],
    ['an approval without reason', 'approve', ['--arn', ROLE, '--valid-for', '1d'], 2],
  ])('answers %s with exit code %s', async (_name, action, options, expected) => {
    const { run } = await prepare();

    expect((await run(action, ...options)).code).toBe(expected);
  });

  it.each<[string, (text: string) => string]>([
    ['a key twice', (text) => `${text}version: 2\n`],
    ['a key that is none', (text) => `${text}extra: 2\n`],
    ['another ARN', (text) => text.replace('role/team/app', 'role/team/other')],
    ['a version of zero', (text) => text.replace('version: 1', 'version: 0')],
  ])('refuses a file with %s', async (_name, change) => {
    const { folder, key, run } = await prepare();
    await run('capture');
    const file = join(folder, 'roles', 'app.yaml');
    writeFileSync(file, change(readFileSync(file, 'utf8')));

    expect((await run('sign', '--key', key)).code).toBe(3);
  });

  it('appends and never rewrites what is signed', async () => {
    const { folder, key, run } = await prepare();
    await run('capture');
    await run('sign', '--key', key);
    const file = join(folder, 'roles', 'app.sigstore.jsonl');
    const before = readFileSync(file, 'utf8');
    appendFileSync(file, '{"an":"approval"}');

    await run('sign', '--key', writeKey('second'));

    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.slice(0, 2).join('\n')).toBe(`${before}{"an":"approval"}`);
  });
});
