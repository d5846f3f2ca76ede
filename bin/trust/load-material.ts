import { messageOf } from '../../lambdas/core/errors.ts';
import { loadTrustMaterial, type TrustMaterial, TrustMaterialError } from '../../lambdas/core/trust/material.ts';
import { ConfigurationError } from '../commands/command.ts';
import { loadTrustPolicy } from '../config/load-configuration.ts';

/** A trust policy with everything it names. Throws ConfigurationError. */
export function loadPolicy(file: string, trustedRoot?: string): TrustMaterial {
  const loaded = loadTrustPolicy(file, trustedRoot);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems);
  return loadMaterial(loaded.trust, file);
}

/** Parses roots and keys. Throws ConfigurationError, about `file`. */
export function loadMaterial(trust: Parameters<typeof loadTrustMaterial>[0], file: string): TrustMaterial {
  try {
    return loadTrustMaterial(trust);
  } catch (error) {
    if (!(error instanceof TrustMaterialError)) throw error;
    throw new ConfigurationError([{ file, path: '', message: messageOf(error) }]);
  }
}
