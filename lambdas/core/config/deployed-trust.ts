import { CountersignError, messageOf, type Reason } from '../errors.ts';
import { loadTrustMaterial, type TrustMaterial } from '../trust/material.ts';
import type { CompiledConfig } from './compiled.ts';
import { parseCompiledConfig } from './parse-compiled.ts';
import type { CompiledQuarantine } from './quarantine.ts';

/** The trust that the function was deployed with. Unusable trust does not stop the function: every image stays undecided, and that is told. */
export type DeployedTrust = {
  readonly graceSeconds: number;
  readonly policyHash: string;
  /** Undefined where the configuration has none, and where it cannot be read: then nothing is changed. */
  readonly quarantine: CompiledQuarantine | undefined;
} & (
  | { readonly usable: true; readonly config: CompiledConfig; readonly material: TrustMaterial }
  | { readonly usable: false; readonly reason: Reason }
);

/** Stands where verdicts name the policy that made them: no policy did. */
export const NO_POLICY = 'unusable';

/** Reads, checks and parses the compiled configuration once, at the start of the function. */
export function readDeployedTrust(readCompiledConfig: () => string): DeployedTrust {
  try {
    return loadTrust(parseCompiledConfig(readCompiledConfig()));
  } catch (thrown) {
    const code = thrown instanceof CountersignError ? thrown.code : 'unreadable-config';
    const reason = { code, message: `${messageOf(thrown).slice(0, 400)}.` };
    return { usable: false, reason, graceSeconds: 0, policyHash: NO_POLICY, quarantine: undefined };
  }
}

/** Parses the keys and roots of a configuration. Throws TrustMaterialError. */
export function loadTrust(config: CompiledConfig): DeployedTrust {
  return {
    usable: true,
    config,
    material: loadTrustMaterial(config.trust),
    graceSeconds: config.images.graceSeconds,
    policyHash: config.hash,
    quarantine: config.images.quarantine,
  };
}
