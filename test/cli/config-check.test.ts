import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { prepareRepository } from '../support/tuf.ts';

const KEY = readFileSync(new URL('../../trust/demo-release-key.pub', import.meta.url), 'utf8');
const CONFIG = `version: 1
images:
  mode: observe
  grace: 10m
  trustPolicy: policy.yaml
alarms:
  email: oncall@example.com
logs:
  retentionDays: 90
`;
const POLICY = `version: 1
signers:
  release:
    key: { file: release.pub }
    transparencyLog: not-required
images:
  - name: production
    repositories: [production/**]
    require: { signedBy: release }
otherRepositories: ignore
`;

type Files = Readonly<Record<string, string | Uint8Array>>;

async function check(files: Files = {}) {
  const folder = makeFolder({ 'config.yaml': CONFIG, 'policy.yaml': POLICY, 'release.pub': KEY, ...files });
  const { code, out, err } = await runCli(['config', 'check', `${folder}/config.yaml`]);
  return { code, out, err: err.replaceAll(`${folder}/`, '') };
}

const config = (from: string | RegExp, to: string): Files => ({ 'config.yaml': CONFIG.replace(from, to) });
const policy = (from: string | RegExp, to: string): Files => ({ 'policy.yaml': POLICY.replace(from, to) });

const REPOSITORY = prepareRepository().repository;

/** A configuration with a section about IAM. */
const iam = (section: string): Files => config('images:', `iam: ${section}\nimages:`);

/** A policy with an entry about baselines. */
const baselines = (require: string, more = '', resource = '**'): Files =>
  policy(
    'signers:',
    `baselines: [{ name: all, resources: ['${resource}'], require: ${require}${more === '' ? '' : `, ${more}`} }]
signers:`,
  );

/** A policy with a root that is refreshed through TUF, one place of it replaced. */
const tuf = (from: string | RegExp = '', to = ''): Files => ({
  'policy.yaml': POLICY.replace(
    'signers:',
    `roots:
  sigstore:
    file: trusted_root.json
    # Refreshed.
    tuf:
      mirror: https://tuf.example
      initialRoot: root.json
      maxStale: 3d
signers:`,
  ).replace(from, to),
  'trusted_root.json': JSON.stringify(REPOSITORY.trustedRoot),
  'root.json': REPOSITORY.root(),
});

test('a root that is refreshed', async () => {
  expect(await check(tuf())).toMatchObject({ code: 0, err: '' });
});

test('a configuration with nothing wrong', async () => {
  const { code, out, err } = await check();

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/config\.yaml: nothing is wrong\n.*mode observe, grace 600 s.*production: production\/\*\*/s);
});

test('the configuration of this repository', async () => {
  const file = fileURLToPath(new URL('../../countersign.config.yaml', import.meta.url));

  expect(await runCli(['config', 'check', file])).toMatchObject({ code: 0, err: '' });
});

describe('problems have a place and say what is accepted', () => {
  test.each<[string, Files, string]>([
    [
      'an unknown key',
      config('grace:', 'grase:'),
      'config.yaml:4:3: images.grase: unknown key; accepted: mode, grace, trustPolicy, quarantine; did you mean grace?',
    ],
    ['a missing key', config('  grace: 10m\n', ''), 'config.yaml:3:3: images.grace: missing; accepted: text'],
    ['no mode', config('  mode: observe\n', ''), 'config.yaml:3:3: images.mode: missing; accepted: "observe"'],
    ['a mode that is not there yet', config('observe', 'enforce'), 'config.yaml:3:9: images.mode: '],
    ['a wrong type', config('90', 'ninety'), 'config.yaml:9:18: logs.retentionDays: '],
    ['a number out of the list', config('90', '91'), 'accepted: 30, or 90, or 180, or 365, or 731'],
    ['a list for a map', config(/images:[\s\S]*yaml\n/, 'images: []\n'), 'config.yaml:2:9: images: '],
    [
      'a duration without a unit',
      config('10m', "'10'"),
      'config.yaml:4:10: images.grace: write a whole number and one of s, m, h, d: 10m',
    ],
    ['a grace beyond a day', config('10m', '25h'), 'config.yaml:4:10: images.grace: at most 24h'],
    [
      'neither form of a union',
      config('email: oncall@example.com', 'emial: x@example.com'),
      'config.yaml:7:3: alarms.emial: unknown key; accepted: email, topicArn; did you mean email?',
    ],
    [
      'a mirror without https',
      tuf('https://tuf.example', 'http://tuf.example'),
      'policy.yaml:7:15: roots.sigstore.tuf.mirror: use an https address without user, query and fragment',
    ],
    [
      'a mirror with a user',
      tuf('https://tuf.example', 'https://me:secret@tuf.example'),
      'roots.sigstore.tuf.mirror: ',
    ],
    ['a target that leads upwards', tuf('maxStale: 3d', 'target: ../x.json'), 'roots.sigstore.tuf.target: '],
    ['a staleness without a unit', tuf('3d', "'3'"), 'roots.sigstore.tuf.maxStale: '],
    [
      'an initial root that is not there',
      tuf('initialRoot: root.json', 'initialRoot: roots.json'),
      'policy.yaml:8:20: roots.sigstore.tuf.initialRoot: there is no file roots.json; accepted: a root.json of TUF',
    ],
    [
      'an initial root that its keys did not sign',
      { ...tuf(), 'root.json': REPOSITORY.root().toString().replace('"threshold":2', '"threshold":1') },
      'roots.sigstore.tuf.initialRoot: root.json: root was signed by 0/',
    ],
    [
      'IAM without a mode',
      iam('{ baselines: { bucket: b-b } }'),
      'config.yaml:2:6: iam.mode: missing; accepted: "observe"',
    ],
    [
      'a bucket that is none',
      iam('{ mode: observe, baselines: { bucket: A_b } }'),
      'iam.baselines.bucket: use the name of a',
    ],
    [
      'a baseline by nobody',
      baselines('{ signedBy: nobody }'),
      'baselines[0].require.signedBy: no signer has the name nobody',
    ],
    [
      'a baseline that is attested',
      baselines('{ attestedBy: release, predicateType: x }'),
      'require: a baseline and its approval are signed, not attested; accepted: signedBy',
    ],
    [
      'an approval that asks for more than there are',
      baselines(
        '{ signedBy: release }',
        'approvals: { require: { atLeast: 2, of: [{ signedBy: release }] }, longest: 1d }',
      ),
      'approvals.require.atLeast: asks for 2 of 1',
    ],
    [
      'a resource that is no ARN of IAM',
      baselines('{ signedBy: release }', '', 'arn:aws:s3:::x'),
      'use an ARN of IAM with * within a segment',
    ],
    ['text where a document should be', { 'config.yaml': 'observe' }, 'config.yaml:1:1: '],
    ['an empty file', { 'config.yaml': '' }, 'config.yaml'],
    ['bad YAML', config('  mode: observe', '  mode: [observe'), 'config.yaml:'],
    ['a tab for indentation', config('  mode', '\tmode'), 'config.yaml:3:'],
    [
      'a duplicate key',
      config('  grace: 10m', '  grace: 10m\n  grace: 1h'),
      'config.yaml:5:3: Map keys must be unique',
    ],
    ['an alias', config('10m', '&a 10m\n  x: *a'), 'an alias; accepted: the value itself'],
    ['a bomb of aliases', { 'config.yaml': bomb() }, 'an anchor; accepted: the value without it'],
    ['a tag', config('observe', '!!str observe'), 'config.yaml:3:'],
    ['two documents', { 'config.yaml': `${CONFIG}---\n${CONFIG}` }, 'config.yaml:'],
    ['nesting without end', { 'config.yaml': '['.repeat(100_000) }, 'config.yaml'],
    ['a huge file', { 'config.yaml': `# ${'x'.repeat(5 * 1024 * 1024)}` }, 'config.yaml is larger than 4194304 bytes'],
    ['a large file', { 'config.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}` }, 'larger than 1048576 characters'],
    ['a policy that is not there', config('policy.yaml', 'polcy.yaml'), 'there is no file polcy.yaml'],
    [
      'a signer that is not there',
      policy('signedBy: release', 'signedBy: relaese'),
      'policy.yaml:9:26: images[0].require.signedBy: no signer has the name relaese; accepted: release; did you mean release?',
    ],
    [
      'a key file that is not there',
      policy('release.pub', 'relase.pub'),
      'policy.yaml:4:18: signers.release.key.file: there is no file relase.pub',
    ],
    ['a key file that is a folder', policy('release.pub', '.'), 'is not a file'],
    [
      'a key that is a private one',
      { 'release.pub': KEY.replaceAll('PUBLIC', 'PRIVATE') },
      'not a public key in PEM; accepted: a public key in PEM',
    ],
    [
      'a root that is not there',
      policy('transparencyLog: not-required', 'transparencyLog: required'),
      'signers.release.root: ',
    ],
    [
      'no decision for other repositories',
      policy('otherRepositories: ignore\n', ''),
      'policy.yaml:1:1: otherRepositories: missing; accepted: "ignore", "refuse"',
    ],
    ['__proto__ as a key', config('logs:', '__proto__: { x: 1 }\nlogs:'), '__proto__: unknown key'],
  ])('%s', async (_, files, expected) => {
    const { code, out, err } = await check(files);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(expected);
    for (const line of err.trim().split('\n')) expect(line).toMatch(/^(?:config|policy|polcy)\.yaml\b/);
  });

  test('all of them at once', async () => {
    const { err } = await check({ 'config.yaml': 'version: 2\nimages: { mode: x }\nalarms: {}\n' });

    expect(err.trim().split('\n').length).toBeGreaterThanOrEqual(5);
  });

  test('a file that is not there', async () => {
    const { code, err } = await runCli(['config', 'check', 'nowhere/config.yaml']);

    expect({ code, err }).toEqual({ code: 2, err: 'nowhere/config.yaml: there is no file nowhere/config.yaml\n' });
  });

  test('hostile text is made visible', async () => {
    const { err } = await check(config('grace:', '"\\e[31mgrace\\u202e":'));

    expect(err).toContain('\\u{1b}[31mgrace\\u{202e}: unknown key');
    expect(err).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});

test('cdk synth says the same and fails', async () => {
  const folder = makeFolder({ 'config.yaml': CONFIG.replace('grace:', 'grase:'), 'policy.yaml': POLICY });
  const app = fileURLToPath(new URL('../../bin/countersign-app.ts', import.meta.url));
  const file = `${folder}/config.yaml`;
  const checked = await runCli(['config', 'check', file]);

  const synthesized = await new Promise((resolve) => {
    const env = { ...process.env, COUNTERSIGN_CONFIG: file, CDK_OUTDIR: `${folder}/cdk.out` };
    execFile(process.execPath, [app], { env }, (error, _, err) => resolve({ code: error?.code, err }));
  });

  expect(synthesized).toEqual({ code: 2, err: checked.err });
}, 30_000);

/** Nine levels of ten aliases each. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'lol' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array(10).fill(item).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
