import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CompiledConfig } from '../lambdas/core/config/compiled.ts';
import type { ServiceFunction } from './service-function.ts';

/** The signing profiles of AWS Signer that a trust policy names, without their versions: rights are given to profiles (Service Authorization Reference, AWS Signer). */
export function listSigningProfiles({ signers }: CompiledConfig['trust']['policy']): readonly string[] {
  const identities = Object.values(signers).flatMap((signer) =>
    'notation' in signer ? signer.notation.identities : [],
  );
  const profiles = identities.flatMap(
    (identity) => /^(arn:[a-z-]+:signer:.+:\/signing-profiles\/[^/]+)/.exec(identity)?.[1] ?? [],
  );
  return [...new Set(profiles)].toSorted();
}

/** Lets a function ask AWS Signer whether what these profiles signed was revoked. */
export function allowAskingSigner(asker: ServiceFunction, signingProfiles: readonly string[]): void {
  if (signingProfiles.length === 0) return;
  asker.allow(new PolicyStatement({ actions: ['signer:GetRevocationStatus'], resources: [...signingProfiles] }));
}
