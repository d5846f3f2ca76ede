import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../../lambdas/core/signature/certificate.ts';
import type {
  SignerRevocationAnswer,
  SignerRevocationRequest,
} from '../../../../lambdas/core/signature/notation/signer/revocation-status.ts';
import { generateEcKey } from '../../../../local/sigstore/certificates.ts';
import { type EnvelopeOptions, signCose, signJws } from '../../../support/notation-envelopes.ts';
import { HOUR, issueChain, NOW, ocspAt } from '../../../support/notation-kit.ts';
import { COSE, JWS, summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const PROFILE = 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/acme_release';
const VERSION = `${PROFILE}/AbCdEf0123`;
const JOB = 'arn:aws:signer:eu-west-1:111122223333:/signing-jobs/01234567-89ab-cdef-0123-456789abcdef';
const PLUGIN = 'io.cncf.notary.verificationPlugin';
const MIN_VERSION = 'io.cncf.notary.verificationPluginMinVersion';
const SIGNER = {
  [PLUGIN]: 'com.amazonaws.signer.notation.plugin',
  [MIN_VERSION]: '1.0.0',
  'com.amazonaws.signer.signingProfileVersion': VERSION,
  'com.amazonaws.signer.signingJob': JOB,
};

/** As AWS Signer signs: P-384, a signing authority. The root names an OCSP responder nobody must ask. */
const chain = issueChain({ leaf: { keys: generateEcKey('P-384'), more: [ocspAt('http://ocsp.acme.example/')] } });
const stores = { 'signingAuthority:aws': [chain.root.certificate] };
const SIGNED_AT = NOW - HOUR;

async function verify(
  headers: Readonly<Record<string, unknown>> = {},
  options: {
    identities?: readonly string[];
    answer?: SignerRevocationAnswer | Error | undefined;
    envelope?: EnvelopeOptions;
    mediaType?: string;
  } = {},
) {
  const asked: SignerRevocationRequest[] = [];
  const { identities = [PROFILE], mediaType = JWS } = options;
  const answer = 'answer' in options ? options.answer : { kind: 'answered' as const, revokedEntities: [] };
  const sign = mediaType === JWS ? signJws : signCose;
  const envelope = sign(chain, {
    authority: true,
    signingTime: SIGNED_AT,
    headers: { ...SIGNER, ...headers },
    ...options.envelope,
  });
  const outcome = await verifyStrictly(envelope, stores, {
    identities,
    mediaType,
    revocation: { fetch: () => Promise.reject(new Error('AWS Signer signatures have no OCSP')) },
    ...(answer === undefined
      ? {}
      : {
          getRevocationStatus: async (request) => {
            asked.push(request);
            if (answer instanceof Error) throw answer;
            return answer;
          },
        }),
  });
  return { outcome, asked, summary: summarize(outcome) };
}

describe('a signature of AWS Signer', () => {
  test.each([JWS, COSE])(
    'in %s is accepted for its profile, and Signer is asked in its own region',
    async (mediaType) => {
      const { outcome, asked } = await verify({}, { mediaType });

      const hashes = chain.chain.map((der) => createHash('sha384').update(parseCertificate(der).tbs).digest('hex'));
      const [leaf = '', middle = '', root = ''] = hashes;
      expect(outcome).toMatchObject({
        kind: 'accepted',
        authentic: true,
        signedAt: SIGNED_AT,
        signer: { awsSigner: { profileVersionArn: VERSION, jobArn: JOB } },
      });
      expect(asked).toEqual([
        {
          partition: 'aws',
          region: 'eu-west-1',
          signatureTimestamp: new Date(SIGNED_AT),
          platformId: 'Notation-OCI-SHA384-ECDSA',
          profileVersionArn: VERSION,
          jobArn: JOB,
          certificateHashes: [leaf + middle, middle + root, root + root],
        },
      ]);
    },
  );

  test.each([
    [[PROFILE], 'accepted'],
    [[VERSION], 'accepted'],
    [[`${PROFILE}2`, VERSION], 'accepted'],
    [[`${PROFILE}/AbCdEf0124`], 'rejected untrusted-identity'],
    [[PROFILE.replace('acme_release', 'acme_releas')], 'rejected untrusted-identity'],
    [[PROFILE.replace('acme_release', 'ACME_release')], 'rejected untrusted-identity'],
    [[PROFILE.replace('111122223333', '111122223334')], 'rejected untrusted-identity'],
    [[PROFILE.replace('eu-west-1', 'eu-west-2')], 'rejected untrusted-identity'],
    [[PROFILE.replace('arn:aws:signer:eu-west-1', 'arn:aws-cn:signer:cn-north-1')], 'rejected untrusted-identity'],
    [['*'], 'rejected untrusted-identity'],
    [['x509.subject: C=US, ST=WA, O=Acme'], 'rejected untrusted-identity'],
  ])('under %j: %s', async (identities, expected) => {
    expect((await verify({}, { identities })).summary).toBe(expected);
  });

  test('through an alias is accepted for the alias it names', async () => {
    const alias = 'arn:aws:signer:eu-west-1:111122223333:/aliases/release';
    const named = { 'com.amazonaws.signer.signingProfileAlias': alias };

    expect((await verify(named, { identities: [alias] })).summary).toBe('accepted');
    expect((await verify(named, { identities: [`${alias}2`] })).summary).toBe('rejected untrusted-identity');
    expect((await verify({}, { identities: [alias] })).summary).toBe('rejected untrusted-identity');
    expect((await verify({ 'com.amazonaws.signer.signingProfileAlias': PROFILE })).summary).toBe('rejected bad-header');
  });

  test.each<[string, SignerRevocationAnswer | Error | undefined, string]>([
    ['the profile is revoked', { kind: 'answered', revokedEntities: [VERSION] }, 'rejected revoked'],
    ['a certificate is revoked', { kind: 'answered', revokedEntities: ['abcdef'] }, 'rejected revoked'],
    [
      'Signer cannot be asked',
      { kind: 'unavailable', reason: 'AccessDenied: signer:GetRevocationStatus' },
      'undetermined revocation-unknown',
    ],
    ['asking fails', new Error('ThrottlingException'), 'undetermined revocation-unknown'],
    ['nobody asks', undefined, 'undetermined revocation-unknown'],
  ])('where %s', async (_what, answer, expected) => {
    const { outcome, summary } = await verify({}, { answer });

    expect(summary).toBe(expected);
    if (answer !== undefined && 'reason' in answer)
      expect('message' in outcome && outcome.message).toContain('AccessDenied');
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no job', { 'com.amazonaws.signer.signingJob': undefined }, 'missing-critical-header'],
    ['no profile version', { 'com.amazonaws.signer.signingProfileVersion': undefined }, 'missing-critical-header'],
    ['a profile without a version', { 'com.amazonaws.signer.signingProfileVersion': PROFILE }, 'bad-header'],
    ['a job as profile version', { 'com.amazonaws.signer.signingProfileVersion': JOB }, 'bad-header'],
    ['a profile as job', { 'com.amazonaws.signer.signingJob': VERSION }, 'bad-header'],
    [
      'a job of another region',
      { 'com.amazonaws.signer.signingJob': JOB.replace('eu-west-1', 'us-east-1') },
      'bad-header',
    ],
    ['an ARN that is a number', { 'com.amazonaws.signer.signingJob': 5 }, 'bad-header'],
    ['a further critical attribute', { 'com.amazonaws.signer.other': 'x' }, 'unknown-critical-header'],
    ['another plugin', { [PLUGIN]: 'com.amazonaws.signer.notation.plugin2' }, 'plugin-required'],
    ['no plugin', { [PLUGIN]: undefined, [MIN_VERSION]: undefined }, 'unknown-critical-header'],
    ['a plugin of the next version', { [MIN_VERSION]: '1.1.0' }, 'plugin-required'],
    ['a plugin version that is a number', { [MIN_VERSION]: 5 }, 'bad-header'],
    ['a plugin of a strange version', { [MIN_VERSION]: '1.0.0\n' }, 'plugin-required'],
  ])('with %s is refused, and nobody is asked', async (_what, headers, code) => {
    const { summary, asked } = await verify(headers);

    expect(summary).toBe(`rejected ${code}`);
    expect(asked).toEqual([]);
  });

  test('need not name a version of the plugin', async () => {
    expect((await verify({ [MIN_VERSION]: undefined })).summary).toBe('accepted');
  });

  test('whose attributes are not critical is refused', async () => {
    const critical = ['io.cncf.notary.signingScheme', 'io.cncf.notary.authenticSigningTime', PLUGIN, MIN_VERSION];

    expect((await verify({}, { envelope: { critical } })).summary).toBe('rejected missing-critical-header');
  });

  test('under the other scheme is refused', async () => {
    expect((await verify({}, { envelope: { authority: false, headers: SIGNER } })).summary).toBe('rejected bad-header');
  });
});
