import { SignerClient } from '@aws-sdk/client-signer';
import { describe, expect, test, vi } from 'vitest';
import { generateEcKey, toPem } from '../../local/sigstore/certificates.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { readCorpusFile, takeSample } from '../support/envelope-samples.ts';
import { ARTIFACT, type EnvelopeOptions, signCose, signJws } from '../support/notation-envelopes.ts';
import { signedBy, writeNotationFolder } from '../support/notation-folder.ts';
import { HOUR, issueChain, NOW } from '../support/notation-kit.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const PROFILE = 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/acme_release';
const AWS_SIGNER = {
  'io.cncf.notary.verificationPlugin': 'com.amazonaws.signer.notation.plugin',
  'io.cncf.notary.verificationPluginMinVersion': '1.0.0',
  'com.amazonaws.signer.signingProfileVersion': `${PROFILE}/AbCdEf0123`,
  'com.amazonaws.signer.signingJob':
    'arn:aws:signer:eu-west-1:111122223333:/signing-jobs/01234567-89ab-cdef-0123-456789abcdef',
};
const chain = issueChain({ leaf: { keys: generateEcKey('P-384') } });

describe('an envelope of AWS Signer', () => {
  async function verify(
    send: () => Promise<object>,
    {
      sign = signJws,
      identity = PROFILE,
      headers = {},
      level = {},
    }: { level?: object; sign?: typeof signJws; identity?: string; headers?: object } = {},
  ) {
    const options: EnvelopeOptions = {
      authority: true,
      signingTime: NOW - HOUR,
      headers: { ...AWS_SIGNER, ...headers },
    };
    const folder = writeNotationFolder([{ ...signedBy(identity), trustStores: ['signingAuthority:aws'], ...level }], {
      'signingAuthority/aws/root.pem': Buffer.from(toPem(chain.root.certificate)),
    });
    const files = makeFolder({ envelope: sign(chain, options) });
    const regions: string[] = [];
    const signerIn = (region: string) => {
      regions.push(region);
      const client = new SignerClient({ region });
      vi.spyOn(client, 'send').mockImplementation(send);
      return client;
    };
    const args = ['--notation-config', folder, '--scope', 'registry.example/demo/app', '--json', ARTIFACT.digest];
    const { code, out } = await runCli(['verify-bundle', '--bundle', `${files}/envelope`, ...args], {
      signerIn,
      clock: () => NOW,
    });
    return { code, regions, result: JSON.parse(out) };
  }

  test.each([signJws, signCose])('that is not revoked is verified, in the region of the signature', async (sign) => {
    const seen = await verify(async () => ({ revokedEntities: [] }), { sign });

    expect(seen).toMatchObject({ code: 0, regions: ['eu-west-1'], result: { verdict: 'verified' } });
  });

  test('that is revoked, or of another profile, is invalid', async () => {
    expect(await verify(async () => ({ revokedEntities: [PROFILE] }))).toMatchObject({
      code: 1,
      result: { verdict: 'invalid', reasons: [{ code: 'revoked' }] },
    });
    expect(await verify(async () => ({ revokedEntities: [] }), { identity: `${PROFILE}s` })).toMatchObject({
      code: 1,
      // Nobody is asked about what is not trusted.
      regions: [],
      result: { verdict: 'invalid', reasons: [{ code: 'untrusted-identity' }] },
    });
  });

  test.each([
    ['CredentialsProviderError', /there are no AWS credentials: some that allow signer:GetRevocationStatus are needed/],
    ['AccessDeniedException', /no right to signer:GetRevocationStatus on arn:aws:signer:eu-west-1/],
    ['ExpiredTokenException', /credentials have expired/],
  ])('about which AWS does not answer (%s) stays undecided', async (name, message) => {
    const seen = await verify(() => Promise.reject(Object.assign(new Error('x'), { name })));

    expect(seen).toMatchObject({ code: 3, result: { verdict: 'error' } });
    expect(seen.result.reasons).toContainEqual({
      code: 'revocation-unknown',
      message: expect.stringMatching(message),
    });
  });

  test('under the level permissive is verified where AWS does not answer, and invalid where it is known to be revoked', async () => {
    const level = { signatureVerification: { level: 'permissive' } };

    expect(await verify(() => Promise.reject(new Error('no answer')), { level })).toMatchObject({ code: 0 });
    // Notation would only log it.
    expect(await verify(async () => ({ revokedEntities: [PROFILE] }), { level })).toMatchObject({
      code: 1,
      result: { reasons: [{ code: 'revoked' }] },
    });
  });

  test('of another partition than that of the region in use is not asked about', async () => {
    const partitioned = Object.fromEntries(
      Object.entries(AWS_SIGNER).map(([key, value]) => [
        key,
        value.replace('arn:aws:signer:eu-west-1', 'arn:aws-cn:signer:cn-north-1'),
      ]),
    );
    const seen = await verify(async () => ({ revokedEntities: [] }), {
      identity: PROFILE.replace('arn:aws:signer:eu-west-1', 'arn:aws-cn:signer:cn-north-1'),
      headers: partitioned,
    });

    expect(seen).toMatchObject({ code: 3, regions: [], result: { verdict: 'error' } });
  });
});

// Images of these envelopes are not at hand: their digests are, which is all that a signature is over.
const MOCK = 'sha256:60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e';
const PLUGIN = 'sha256:fe7e9333395060c2f5e63cf36a38fba10176f183b4163a5794e081a480abba5f';
const METADATA = 'sha256:5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b';
const STAMPED = 'sha256:c0669ef34cdc14332c0f1ab0c2c01acb91d96014b172f1a76f3a39e63d1f0bda';
const version = (text: string) => `mock/ca_${text}.json`;

describeWithCorpus('the envelopes of notation-go', ['notation-envelopes'], () => {
  // As notation-go has them with each sample's own root trusted; where we differ, the reason says why.
  test.each<[string, string, string, string?]>([
    ['mock/ca_valid_sig_env.json', MOCK, 'verified'],
    ['mock/sa_valid_sig_env.json', MOCK, 'verified'],
    ['mock/ca_expired_sig_env.json', MOCK, 'invalid', 'signature-expired'],
    ['mock/sa_expired_sig_env.json', MOCK, 'invalid', 'signature-expired'],
    ['mock/ca_invalid_sig_env.json', MOCK, 'invalid', 'malformed'],
    ['mock/sa_invalid_sig_env.json', MOCK, 'invalid', 'malformed'],
    ['mock/ca_plugin_sig_env.json', MOCK, 'invalid', 'plugin-required'],
    ['mock/sa_plugin_sig_env.json', MOCK, 'invalid', 'plugin-required'],
    // notation-go accepts these with a mock plugin installed; whoever has not its logic must refuse.
    ...['0.0.9', '1.0.0', '1.0.0-alpha', '1.0.0-alpha.beta'].map((one): [string, string, string, string] => [
      version(`compatible_pluginver_sig_env_${one}`),
      PLUGIN,
      'invalid',
      'plugin-required',
    ]),
    ...['1.0.1', '1.0.9', '1.1.0-alpha', '1.2.3'].map((one): [string, string, string, string] => [
      version(`incompatible_pluginver_sig_env_${one}`),
      PLUGIN,
      'invalid',
      'plugin-required',
    ]),
    ['mock/sig_env_with_metadata.json', METADATA, 'invalid', 'certificate-not-valid'],
    ['timestamp/sigEnv/withoutTimestamp.sig', STAMPED, 'verified'],
    // Good, and the authority of the time stamp cannot be asked in a test.
    ['timestamp/sigEnv/jwsWithTimestamp.sig', STAMPED, 'error', 'revocation-unknown'],
    ['timestamp/sigEnv/coseWithTimestamp.sig', STAMPED, 'error', 'revocation-unknown'],
    ['timestamp/sigEnv/jwsExpiredWithTimestamp.sig', STAMPED, 'error', 'revocation-unknown'],
    ['timestamp/sigEnv/coseExpiredWithTimestamp.sig', STAMPED, 'error', 'revocation-unknown'],
    ['timestamp/sigEnv/timestampAfterNotAfter.sig', STAMPED, 'invalid', 'certificate-not-valid'],
    ['timestamp/sigEnv/timestampBeforeNotBefore.sig', STAMPED, 'invalid', 'certificate-not-valid'],
    // Each is about its own image alone.
    ['mock/ca_valid_sig_env.json', STAMPED, 'invalid', 'subject-mismatch'],
    ['timestamp/sigEnv/withoutTimestamp.sig', MOCK, 'invalid', 'subject-mismatch'],
  ])('%s over %s is %s', async (file, digest, verdict, reason) => {
    const parts = ['notation-envelopes', ...file.split('/')];
    const { anchors, stampRoots } = takeSample(readCorpusFile(...parts));
    const named = (kind: string, certificates: readonly Buffer[]) =>
      Object.fromEntries(certificates.map((der, index) => [`${kind}/acme/${index}.crt`, der]));
    const folder = writeNotationFolder(
      [
        {
          ...signedBy('*'),
          trustStores: ['ca:acme', 'signingAuthority:acme', ...(stampRoots.length === 0 ? [] : ['tsa:acme'])],
        },
      ],
      { ...named('ca', anchors), ...named('signingAuthority', anchors), ...named('tsa', stampRoots) },
    );

    const { code, out } = await runCli(
      [
        ...['verify-bundle', '--bundle', corpusPath(...parts) ?? '', '--notation-config', folder],
        ...['--scope', 'registry.example/demo/app', '--json', digest],
      ],
      { fetch: () => Promise.reject(new Error('no network in tests')), clock: () => Date.UTC(2026, 10, 23, 12) },
    );

    const result = JSON.parse(out);
    expect({ code, verdict: result.verdict }).toEqual({
      code: { verified: 0, invalid: 1, error: 3 }[verdict],
      verdict,
    });
    if (reason !== undefined) expect(result.reasons).toContainEqual(expect.objectContaining({ code: reason }));
  });
});
