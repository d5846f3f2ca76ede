import { describe, expect, test } from 'vitest';
import { readNotationConfiguration } from '../../../../lambdas/core/signature/notation/configuration.ts';
import { verifyNotationSignature } from '../../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { ARTIFACT, signJws } from '../../../support/notation-envelopes.ts';
import { acmeName, issueChain, issueRoot, NOW } from '../../../support/notation-kit.ts';
import { documentOf, statement } from '../../../support/notation-policy.ts';
import { JWS, summarize } from '../../../support/notation-verify.ts';
import { thrownBy } from '../../../support/thrown.ts';

const BAD = expect.objectContaining({ code: 'bad-trust-policy' });

describe('a configuration folder', () => {
  const chain = issueChain();
  const folder = (policy: Buffer, name = 'trustpolicy.json') =>
    readNotationConfiguration(
      new Map<string, Uint8Array>([
        [name, policy],
        ['truststore/x509/ca/acme/root.crt', chain.root.certificate],
      ]),
    );
  const verify = (trust: ReturnType<typeof folder>, repository: string, options = {}) =>
    verifyNotationSignature(signJws(chain, options), JWS, { artifact: ARTIFACT, now: NOW, trust, repository });

  test('is usable where every store that is named is there', () => {
    expect(folder(documentOf(statement)).policy.statements).toHaveLength(1);
    expect(folder(documentOf(statement), 'trustpolicy.oci.json').policy.statements).toHaveLength(1);
    expect(thrownBy(() => folder(documentOf(statement), 'trustpolicy.blob.json'))).toEqual(BAD);
    expect(thrownBy(() => folder(documentOf({ ...statement, trustStores: ['ca:acme', 'tsa:x'] })))).toEqual(
      expect.objectContaining({ code: 'bad-trust-store' }),
    );
  });

  test('decides by the repository: no policy is a refusal, skip vouches for nothing', async () => {
    const skip = { name: 'free', registryScopes: ['registry.acme.io/free'], signatureVerification: { level: 'skip' } };
    const trust = folder(documentOf(statement, skip));

    expect(summarize(await verify(trust, 'registry.acme.io/app'))).toBe('accepted');
    expect(summarize(await verify(trust, 'registry.acme.io/other'))).toBe('rejected no-applicable-policy');
    expect(summarize(await verify(trust, 'registry.acme.io/free'))).toBe('not-verified');
  });

  test('of level audit accepts what nobody trusts, and says so; never what is altered', async () => {
    const audit = {
      ...statement,
      signatureVerification: { level: 'audit' },
      trustedIdentities: ['x509.subject: C=US, ST=WA, O=Else'],
    };
    const trust = folder(documentOf(audit));

    const outcome = await verify(trust, 'registry.acme.io/app', { expiry: NOW - 1000 });

    expect(outcome.kind === 'accepted' && outcome.authentic).toBe(false);
    expect(outcome.checks.filter(({ result }) => result === 'failed')).toEqual([
      expect.objectContaining({ check: 'identity', action: 'log', code: 'untrusted-identity' }),
      expect.objectContaining({ check: 'expiry', action: 'log', code: 'signature-expired' }),
    ]);
    const altered = await verify(trust, 'registry.acme.io/app', { keys: issueRoot({ name: acmeName('x') }).keys });
    expect(summarize(altered)).toBe('rejected bad-signature');
  });

  test('gives the reasons in order, and when it would not hold any more', async () => {
    const outcome = await verify(folder(documentOf(statement)), 'registry.acme.io/app', { expiry: NOW + 5000 });

    expect(outcome.checks.map(({ check, result }) => `${check} ${result}`)).toEqual([
      'envelope passed',
      'signature passed',
      'certificate-chain passed',
      'signed-by passed',
      'payload passed',
      'subject passed',
      'trust-store passed',
      'identity passed',
      'expiry passed',
      'signed-time passed',
      'revocation passed',
    ]);
    expect(outcome).toMatchObject({
      kind: 'accepted',
      policy: 'acme',
      authentic: true,
      signedAt: undefined,
      expiresAt: NOW + 5000,
      signer: { scheme: 'notary.x509', subject: 'C=US, ST=WA, O=Acme, CN=Acme Release', awsSigner: undefined },
    });
  });
});
