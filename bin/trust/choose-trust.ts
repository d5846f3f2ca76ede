import type { Reason } from '../../lambdas/core/errors.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import { UsageError } from '../commands/command.ts';
import { loadPolicy } from './load-material.ts';
import { loadNotationFolder } from './notation-folder.ts';
import { loadQuickTrust } from './quick-trust.ts';
import { listGiven, SIGNER_FLAGS, SLSA_FLAGS, type TrustOptions } from './trust-options.ts';

export interface ChosenTrust {
  /** For people: the policy's file, or that it was the options. */
  readonly name: string;
  /** Which name of the repository it goes by: none, `production/app`, `registry.example/production/app`. */
  readonly goesBy: 'nothing' | 'repository' | 'registry-and-repository';
  /** What images of a repository are judged with; or why nothing is. */
  readonly materialFor: (repository: string) => TrustMaterial | Reason;
  /** Changes with anything that the trust was made of. */
  readonly fingerprint: string;
}

/**
 * Makes trust out of the options: a policy file, Notation's configuration folder, or signers that cosign's and slsa-verifier's flags describe. All end in the same
 * material as in the deployed function. Throws UsageError and ConfigurationError.
 */
export function chooseTrust(options: TrustOptions): ChosenTrust {
  const flags = listGiven(options, [...SIGNER_FLAGS, ...SLSA_FLAGS]);
  const { policy } = options;
  const folder = options['notation-config'];
  if (folder !== undefined) {
    const [other] = listGiven(options, ['policy', 'trusted-root', ...flags]);
    if (other !== undefined)
      throw new UsageError(`--notation-config says who is trusted, so --${other} cannot be given`);
    return { name: folder, goesBy: 'registry-and-repository', ...loadNotationFolder(folder) };
  }
  if (policy === undefined) {
    const { material, fingerprint } = loadQuickTrust(options, 'image');
    return { name: 'the options given', goesBy: 'nothing', materialFor: () => material, fingerprint };
  }
  if (flags.length > 0) throw new UsageError(`--policy says who is trusted, so --${flags[0]} cannot be given with it`);
  const { material, fingerprint } = loadPolicy(policy, options['trusted-root']);
  return { name: policy, goesBy: 'repository', materialFor: () => material, fingerprint };
}

/** Whether it is trust and not a reason why there is none. */
export function isMaterial(material: TrustMaterial | Reason): material is TrustMaterial {
  return 'verifiers' in material;
}
