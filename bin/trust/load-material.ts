import { hashJson } from '../../lambdas/core/config/hash.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { loadTrustMaterial, type TrustMaterial, TrustMaterialError } from '../../lambdas/core/trust/material.ts';
import { ConfigurationError } from '../commands/command.ts';
import { loadTrustPolicy } from '../config/load-configuration.ts';

/** Trust material, and a digest that changes with anything it was made of. */
export interface LoadedMaterial {
  readonly material: TrustMaterial;
  readonly fingerprint: string;
}

/** A trust policy with everything it names. Throws ConfigurationError. */
export function loadPolicy(file: string, trustedRoot?: string): LoadedMaterial {
  const loaded = loadTrustPolicy(file, trustedRoot);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems);
  return loadMaterial(loaded.trust, file);
}

/** Parses roots and keys. `more` is what the trust does not tell of itself. Throws ConfigurationError, about `file`. */
export function loadMaterial(
  trust: Parameters<typeof loadTrustMaterial>[0],
  file: string,
  more: unknown = null,
): LoadedMaterial {
  try {
    return { material: loadTrustMaterial(trust), fingerprint: hashJson([trust, more]) };
  } catch (error) {
    if (!(error instanceof TrustMaterialError)) throw error;
    throw new ConfigurationError([{ file, path: '', message: messageOf(error) }]);
  }
}
