import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

// The construct library is loaded to synthesize, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const LEGACY = 'sha256:a0e2a5beea4454a1e5dd9fd3d4d658a15b7f792600f0bf2fc6bff9d871825b64';

// The functions log to stdout, and replay turns that off.
let stdout: typeof process.stdout.write;
beforeEach(() => {
  stdout = process.stdout.write;
});
afterEach(() => {
  process.stdout.write = stdout;
});

function eventOf(detail: Readonly<Record<string, unknown>> = {}, envelope: Readonly<Record<string, unknown>> = {}) {
  return {
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account: '111122223333',
    time: '2026-11-23T12:00:00Z',
    region: 'us-west-2',
    resources: [],
    ...envelope,
    detail: {
      result: 'SUCCESS',
      'repository-name': 'demo/app',
      'image-digest': LEGACY,
      'action-type': 'PUSH',
      'image-tag': 'v1',
      ...detail,
    },
  };
}

/** A folder with a configuration whose policy wants `demo/*` signed by this key, and the event. */
function prepare(event: unknown, key = readFileSync('trust/demo-release-key.pub', 'utf8')): string {
  return makeFolder({
    'event.json': typeof event === 'string' ? event : JSON.stringify(event),
    'countersign.config.yaml':
      'version: 1\nimages: { mode: observe, grace: 10m, trustPolicy: policy.yaml }\nalarms: { email: a@example.com }\nlogs: { retentionDays: 30 }\n',
    'policy.yaml': `version: 1
signers: { release: { key: { file: key.pub }, transparencyLog: not-required } }
images: [{ name: demo, repositories: ['demo/*'], require: { signedBy: release } }]
otherRepositories: ignore
`,
    'key.pub': key,
  });
}

async function replay(folder: string, ...more: readonly string[]) {
  const { code, out, err } = await runCli([
    ...['replay', `${folder}/event.json`, '--config', `${folder}/countersign.config.yaml`, ...more],
  ]);
  return { code, out, err };
}

describe('an event about an image that nobody gave', () => {
  test('ends with gone, and says that the real registry was not asked', async () => {
    const { code, out, err } = await replay(prepare(eventOf()));

    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/^COULD NOT DECIDE, there is no such image: demo\/app@sha256:a0e2/);
    expect(out).toContain('your real one was not asked');
    expect(out).toContain('rule: countersign-images');
    expect(out).toContain('image-reaction done');
  });

  test('--json is one object', async () => {
    const { out } = await replay(prepare(eventOf()), '--json');

    expect(JSON.parse(out)).toMatchObject({
      verdict: 'gone',
      digest: LEGACY,
      reasons: [{ code: 'not-found' }],
      steps: expect.arrayContaining([expect.objectContaining({ step: 'verdict', summary: 'verdict gone' })]),
    });
  });
});

describe('an event without a verdict', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no rule takes it', { 'action-type': 'ACTIVATE' }, 'no-rule'],
    ['the action failed', { result: 'FAILURE' }, 'no-rule'],
    ['it is refused by the parser', { 'image-digest': 'sha256:abc' }, 'malformed-event'],
    ['no policy covers its repository', { 'repository-name': 'other/app' }, 'no-policy'],
  ])('%s', async (_, detail, reason) => {
    const { code, out } = await replay(prepare(eventOf(detail)), '--json');

    expect(code).toBe(3);
    expect(JSON.parse(out).reasons).toContainEqual(expect.objectContaining({ code: reason }));
  });

  test('hostile fields are made visible', async () => {
    const { code, out } = await replay(
      prepare(eventOf({ 'repository-name': 'demo/\u001b[2J\u202e', 'image-digest': '\u0007' })),
    );

    expect(code).toBe(3);
    expect(out).toContain('\\u{1b}[2J\\u{202e}');
    expect(out).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});

describe('what is no event', () => {
  test.each<[string, unknown, number]>([
    ['no JSON', '{', 2],
    ['no object', '[]', 2],
    ['no account', eventOf({}, { account: 'mine' }), 2],
    ['no region', eventOf({}, { region: '../x' }), 2],
    ['no detail', { ...eventOf(), detail: undefined }, 2],
    ['no envelope', { account: '111122223333', region: 'eu-west-1', detail: {} }, 2],
  ])('%s', async (_, event, code) => {
    expect(await replay(prepare(event))).toMatchObject({ code, out: '' });
  });

  test('a file that is not there', async () => {
    expect(await runCli(['replay', 'nowhere.json'])).toMatchObject({ code: 3, out: '' });
  });

  test('a configuration with a fault', async () => {
    const folder = prepare(eventOf(), 'no key');

    expect(await replay(folder)).toMatchObject({ code: 2, err: expect.stringContaining('policy.yaml:2:') });
  });
});

describeWithCorpus('an event about an image that was given', ['signed-samples', 'layouts'], () => {
  const layout = (name: string) => `oci:${corpusPath('signed-samples', 'layouts', name)}`;
  const key = () => readFileSync(corpusPath('signed-samples', 'keys', 'cosign.pub') ?? '', 'utf8');

  test('is verified, with the finding archived or never opened', async () => {
    const { code, out } = await replay(prepare(eventOf(), key()), '--image', layout('legacy'));

    expect(code).toBe(0);
    expect(out).toMatch(/^VERIFIED: demo\/app@sha256:a0e2/);
    expect(out).not.toContain('ACTIVE:');
  });

  test('is invalid by another key, with an open finding', async () => {
    const { code, out } = await replay(prepare(eventOf()), '--image', layout('legacy'));

    expect(code).toBe(1);
    expect(out).toMatch(/^NOT VERIFIED, invalid: demo\/app@sha256:a0e2/);
    expect(out).toContain('finding: ACTIVE: ');
    expect(out).toContain('recorder done');
  });

  test('is unsigned once its grace is over', async () => {
    const digest = 'sha256:b2f8a1b55f1e684a8c4cd73c0fbe316ab662756c10c8f2cfb83709e8731bb1a6';
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const folder = prepare(eventOf({ 'image-digest': digest }, { time: now }), key());

    const { code, out } = await replay(folder, '--image', layout('unsigned'));

    expect(code).toBe(1);
    expect(out).toMatch(/verdict pending[\s\S]*verdict unsigned/);
  });

  test('says when the layout holds another image', async () => {
    const { code, out } = await replay(prepare(eventOf()), '--image', layout('bundle'));

    expect(code).toBe(3);
    expect(out).toContain(`note: the event names ${LEGACY}, which is not in the layout`);
  });

  test('needs a layout', async () => {
    const folder = prepare(eventOf());

    expect((await replay(folder, '--image', 'ghcr.io/acme/app')).code).toBe(2);
    expect((await replay(folder, '--image', `oci:${folder}`)).code).toBe(3);
  });

  test('as a process, with nothing but the answer on stdout', async () => {
    const folder = prepare(eventOf(), key());

    const { code, out, err } = await spawnCli(['replay', 'event.json', '--image', layout('legacy'), '--json'], {
      folder,
    });

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out).verdict).toBe('verified');
  });
});
