import { compileTrust } from '../../lambdas/core/config/compile.ts';
import { type TrustPolicy, trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import type { Leaf, Requirement } from '../../lambdas/core/trust/requirement.ts';
import { ConfigurationError, UsageError } from '../commands/command.ts';
import { readBounded } from '../config/load-configuration.ts';
import { type LoadedMaterial, loadMaterial } from './load-material.ts';
import { chooseSlsa, type SlsaTrust } from './slsa-flags.ts';
import { listGiven, SIGNER_FLAGS, type TrustOptions } from './trust-options.ts';

/** What is looked at: an image in a registry or a layout, or a file. */
export type Subject = 'image' | 'file';

/**
 * Trust in the signers that flags describe: any of some keys, one certificate identity, or the builder of the provenance that is demanded. Throws UsageError and
 * ConfigurationError.
 */
export function loadQuickTrust(options: TrustOptions, subject: Subject): LoadedMaterial {
  const slsa = chooseSlsa(options, subject);
  const signers = nameSigners(options, slsa);
  const policy = parsePolicy(options, signers, slsa);
  const compiled = compileTrust(policy, readBounded);
  if (compiled.ok) return loadMaterial(compiled.trust, 'the options given', options);
  const [expression] = compiled.problems.filter(({ path }) => path.includes('identityRegex'));
  if (expression !== undefined) throw new UsageError(`--certificate-identity-regexp: ${expression.message}`);
  const names = Object.keys(signers);
  throw new ConfigurationError(
    compiled.problems.map(({ path: [section, name], message, accepted }) => {
      const key = options.key?.[names.indexOf(String(name))] ?? '';
      const [file, option] = section === 'roots' ? [options['trusted-root'] ?? '', '--trusted-root'] : [key, '--key'];
      return { file, path: option, message, ...(accepted !== undefined && { accepted }) };
    }),
  );
}

function parsePolicy(
  options: TrustOptions,
  signers: Readonly<Record<string, unknown>>,
  slsa: SlsaTrust | undefined,
): TrustPolicy {
  const root = options['trusted-root'];
  const names = Object.keys(signers);
  const leaves = names.map(
    (name): Leaf =>
      slsa === undefined ? { signedBy: name } : { attestedBy: name, provenance: { source: slsa.demand.source } },
  );
  const parsed = trustPolicySchema.safeParse({
    version: 1,
    ...(root !== undefined && { roots: { root: { file: root } } }),
    signers,
    images: [{ name: 'command-line', repositories: ['**'], require: combine(leaves) }],
    otherRepositories: 'refuse',
  });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  if (slsa === undefined) return parsed.data;
  // What slsa-verifier's flags mean beyond a policy's words goes past the schema.
  const demanded = names.map((name): Leaf => ({ attestedBy: name, provenance: slsa.demand }));
  return { ...parsed.data, images: parsed.data.images.map((image) => ({ ...image, require: combine(demanded) })) };
}

function combine(leaves: readonly Leaf[]): Requirement {
  const [only, ...others] = leaves;
  return only !== undefined && others.length === 0 ? only : { any: leaves };
}

function nameSigners(options: TrustOptions, slsa: SlsaTrust | undefined): Readonly<Record<string, unknown>> {
  const { key = [] } = options;
  if (key.length > 0) {
    const given = key.map((file) => describeKey(options, file));
    const names = given.map((_, index) => (given.length === 1 ? 'given-key' : `given-key-${index + 1}`));
    return Object.fromEntries(names.map((name, index) => [name, given[index]]));
  }
  if (slsa !== undefined && listGiven(options, SIGNER_FLAGS).length === 0) {
    expectRoot(options);
    return { builder: slsa.signer };
  }
  return { 'given-identity': describeIdentity(options) };
}

function describeKey(options: TrustOptions, key: string) {
  const [identity] = listGiven(options, SIGNER_FLAGS).filter((flag) => flag.startsWith('certificate'));
  if (identity !== undefined) throw new UsageError(`--key and --${identity} name two signers: give one`);
  if (/^[a-z0-9]+:\/\//.test(key)) throw new UsageError('--key takes a file with a public key in PEM');
  const ignoresLog = options['insecure-ignore-tlog'] === true;
  if (!ignoresLog && options['trusted-root'] === undefined) {
    throw new UsageError(
      '--key needs --trusted-root with the transparency log, or --insecure-ignore-tlog where the key signs without one',
    );
  }
  return {
    key: { file: key },
    transparencyLog: ignoresLog ? 'not-required' : 'required',
    ...(options['trusted-root'] !== undefined && { root: 'root' }),
  };
}

function describeIdentity(options: TrustOptions) {
  const identity = options['certificate-identity'];
  const identityRegex = options['certificate-identity-regexp'];
  const issuer = options['certificate-oidc-issuer'];
  if (listGiven(options, SIGNER_FLAGS).length === 0) {
    throw new UsageError(
      'whom to trust? Give --policy FILE, --notation-config DIR, --key FILE, --certificate-identity and its issuer, or --source-uri',
    );
  }
  if (options['insecure-ignore-tlog'] === true) {
    throw new UsageError('--insecure-ignore-tlog goes with --key only: a certificate without a log proves no time');
  }
  if (identity === undefined && identityRegex === undefined) {
    throw new UsageError('--certificate-oidc-issuer needs --certificate-identity: an issuer alone is everybody');
  }
  if (identity !== undefined && identityRegex !== undefined) {
    throw new UsageError('give one of --certificate-identity and --certificate-identity-regexp');
  }
  if (identityRegex !== undefined && !/^\^.*\$$/s.test(identityRegex)) {
    throw new UsageError('--certificate-identity-regexp has to be anchored: ^...$');
  }
  if (issuer === undefined) throw new UsageError('--certificate-identity needs --certificate-oidc-issuer');
  expectRoot(options);
  return {
    keyless: {
      root: 'root',
      issuer,
      ...(identity !== undefined && { identity }),
      ...(identityRegex !== undefined && { identityRegex }),
    },
  };
}

function expectRoot(options: TrustOptions): void {
  if (options['trusted-root'] === undefined) {
    throw new UsageError('a certificate needs --trusted-root FILE: countersign downloads no trust roots');
  }
}
