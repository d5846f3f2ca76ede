import { canonicalize } from '../../lambdas/core/canonical-json.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { type BaselineStanding, verifyBaseline } from '../../lambdas/core/iam/baseline/verify-baseline.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { ConfigurationError, type Io, UsageError } from '../commands/command.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { loadMaterial, loadPolicy } from '../trust/load-material.ts';
import { type BaselineFile, readBaselines } from './folder.ts';

/** What is known of one baseline of a folder. `other-state`: it is signed, and not as its file says. */
export interface Verified {
  readonly arn: string;
  readonly standing: BaselineStanding['state'] | 'other-state';
  readonly version: number | undefined;
  readonly reason: string | undefined;
}

/** `countersign baseline verify`: offline, by the trust policy alone. */
export async function verifyBaselines(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const material = chooseBaselineTrust(options);
  const results = readBaselines(folder).map((file) => verifyFile(file, material, io.clock?.() ?? Date.now()));
  if (options.json === true) io.out(`${toSafeJson(results)}\n`);
  else for (const result of results) io.out(describe(result));
  return exitCodeOf(results);
}

/** Who may sign baselines: by `--policy`, or by the configuration of the service. Throws UsageError and ConfigurationError. */
export function chooseBaselineTrust(options: BaselineOptions): TrustMaterial {
  const { policy, config } = options;
  if ((policy === undefined) === (config === undefined)) {
    throw new UsageError('give one of --policy and --config: who may sign baselines stands in a trust policy');
  }
  const material =
    config === undefined ? loadPolicy(policy ?? '', options['trusted-root']).material : loadConfigured(config);
  if (material.policy.baselines === undefined) {
    throw new UsageError(`${policy ?? config} names nobody who may sign baselines`);
  }
  return material;
}

function loadConfigured(file: string): TrustMaterial {
  const loaded = loadConfiguration(file);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems);
  return loadMaterial(loaded.compiled.trust, file).material;
}

/** Whether a file is signed, and says what was signed. */
export function verifyFile({ predicate, signed }: BaselineFile, material: TrustMaterial, now: number): Verified {
  const { arn } = predicate.state;
  const standing = verifyBaseline({ arn, text: signed, now }, material);
  if (standing.state !== 'signed') {
    return { arn, standing: standing.state, version: undefined, reason: standing.reason.message };
  }
  const { version, digest } = standing.baseline;
  if (digest !== digestOf(canonicalize(predicate))) {
    const reason = `The newest signed baseline is version ${version}, and the file (version ${predicate.version}) says something else.`;
    return { arn, standing: 'other-state', version, reason };
  }
  return { arn, standing: 'signed', version, reason: undefined };
}

function describe({ arn, standing, version, reason }: Verified): string {
  const line = `${standing}${version === undefined ? '' : ` v${version}`}  ${arn}${reason === undefined ? '' : `: ${reason}`}`;
  return `${makeVisible(line)}\n`;
}

function exitCodeOf(results: readonly Verified[]): ExitCode {
  if (results.every(({ standing }) => standing === 'signed')) return EXIT.yes;
  return results.some(({ standing }) => standing !== 'signed' && standing !== 'unreadable') ? EXIT.no : EXIT.undecided;
}
