import { expect, it } from 'vitest';
import type { TrustPolicy } from '../../lambdas/core/trust/policy.ts';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { fullConfiguration, testConfiguration } from './configuration.ts';

const PROFILE = 'arn:aws:signer:eu-west-1:123456789012:/signing-profiles/release';

/** What the policies of a template say of AWS Signer, for a trust policy with these identities. */
function signerStatements(identities: readonly string[], configured = testConfiguration): unknown[] {
  const { compiled } = configured;
  const notation = {
    signingAuthority: ['aws-signer.pem'],
    identities: [...identities],
    revocation: 'required' as const,
  };
  const signers: TrustPolicy['signers'] = identities.length === 0 ? {} : { release: { notation } };
  const policy = { ...compiled.trust.policy, signers };
  const configuration = { ...configured, compiled: { ...compiled, trust: { ...compiled.trust, policy } } };
  const template = readTemplate(synthesizeTemplate({ configuration }));
  return resourcesOf(template, 'AWS::IAM::Policy')
    .flatMap(([, { Properties }]) => Object.values(Properties.PolicyDocument ?? {}))
    .flat()
    .filter((statement) => JSON.stringify(statement).includes('signer:'));
}

it('the reaction may ask AWS Signer about exactly the profiles that the trust policy names', () => {
  const identities = [`${PROFILE}/abcdefghij`, PROFILE, 'x509.subject: C=US, ST=WA, O=Acme'];

  expect(signerStatements(identities)).toEqual([
    { Action: 'signer:GetRevocationStatus', Effect: 'Allow', Resource: PROFILE },
  ]);
});

it('the executor may ask it too where there is a quarantine: it decides as the reaction does', () => {
  const allowed = { Action: 'signer:GetRevocationStatus', Effect: 'Allow', Resource: PROFILE };

  expect(signerStatements([PROFILE], fullConfiguration)).toEqual([allowed, allowed]);
});

it('no function has a right to AWS Signer where no policy names a profile', () => {
  expect(signerStatements([])).toEqual([]);
  expect(signerStatements(['x509.subject: C=US, ST=WA, O=Acme'])).toEqual([]);
});
