import { parseCompiledConfig } from '../core/config/parse-compiled.ts';
import { CountersignError, messageOf, type Reason } from '../core/errors.ts';
import { loadTrustMaterial, type TrustMaterial } from '../core/trust/material.ts';

/** The trust that the function was deployed with. Unusable trust does not stop the function: every image stays undecided, and that is told. */
export type DeployedTrust =
  | {
      readonly usable: true;
      readonly material: TrustMaterial;
      readonly graceSeconds: number;
      readonly policyHash: string;
    }
  | { readonly usable: false; readonly reason: Reason };

/** Reads, checks and parses the compiled configuration once, at the start of the function. */
export function readDeployedTrust(readCompiledConfig: () => string): DeployedTrust {
  try {
    const config = parseCompiledConfig(readCompiledConfig());
    return {
      usable: true,
      material: loadTrustMaterial(config.trust),
      graceSeconds: config.images.graceSeconds,
      policyHash: config.hash,
    };
  } catch (thrown) {
    const code = thrown instanceof CountersignError ? thrown.code : 'unreadable-config';
    return { usable: false, reason: { code, message: `${messageOf(thrown).slice(0, 400)}.` } };
  }
}
