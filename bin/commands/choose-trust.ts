import { compileTrust } from '../../lambdas/core/config/compile.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { loadTrustMaterial, type TrustMaterial, TrustMaterialError } from '../../lambdas/core/trust/material.ts';
import { trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { loadTrustPolicy, readBounded } from '../config/load-configuration.ts';
import { ConfigurationError, UsageError } from './command.ts';

/** How the command line says whom to trust. */
export interface TrustOptions {
  readonly policy?: string | undefined;
  readonly 'trusted-root'?: string | undefined;
  readonly key?: string | undefined;
  readonly 'certificate-identity'?: string | undefined;
  readonly 'certificate-identity-regexp'?: string | undefined;
  readonly 'certificate-oidc-issuer'?: string | undefined;
  readonly 'insecure-ignore-tlog'?: boolean | undefined;
}

export interface ChosenTrust {
  readonly material: TrustMaterial;
  /** For people: the policy's file, or that it was the options. */
  readonly name: string;
  /** Whether a repository has to be known to apply it. */
  readonly byRepository: boolean;
}

/**
 * Makes trust material out of the options: a policy file, or one signer that cosign's flags describe, who then has to have signed whatever is looked at.
 * Both end in the same material as in the deployed function. Throws UsageError and ConfigurationError.
 */
export function chooseTrust(options: TrustOptions): ChosenTrust {
  const quick = quickFlags(options);
  if (options.policy === undefined) {
    return { material: loadQuickTrust(options), name: 'the options given', byRepository: false };
  }
  if (quick.length > 0) throw new UsageError(`--policy says who is trusted, so --${quick[0]} cannot be given with it`);
  const loaded = loadTrustPolicy(options.policy, options['trusted-root']);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems);
  return { material: load(loaded.trust, options.policy), name: options.policy, byRepository: true };
}

const QUICK = [
  'key',
  'certificate-identity',
  'certificate-identity-regexp',
  'certificate-oidc-issuer',
  'insecure-ignore-tlog',
] as const;

function quickFlags(options: TrustOptions): readonly string[] {
  return QUICK.filter((flag) => options[flag] !== undefined);
}

function loadQuickTrust(options: TrustOptions): TrustMaterial {
  const { key } = options;
  const [name, signer] =
    key === undefined ? ['given-identity', describeIdentity(options)] : ['given-key', describeKey(options, key)];
  const root = options['trusted-root'];
  const parsed = trustPolicySchema.safeParse({
    version: 1,
    ...(root !== undefined && { roots: { root: { file: root } } }),
    signers: { [name]: signer },
    images: [{ name: 'command-line', repositories: ['**'], require: { signedBy: name } }],
    otherRepositories: 'refuse',
  });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  const compiled = compileTrust(parsed.data, readBounded);
  if (compiled.ok) return load(compiled.trust, 'the options given');
  const [expression] = compiled.problems.filter(({ path }) => path.includes('identityRegex'));
  if (expression !== undefined) throw new UsageError(`--certificate-identity-regexp: ${expression.message}`);
  throw new ConfigurationError(
    compiled.problems.map(({ path, message, accepted }) => {
      const [file = '', option = ''] = path[0] === 'roots' ? [root, '--trusted-root'] : [key, '--key'];
      return { file, path: option, message, ...(accepted !== undefined && { accepted }) };
    }),
  );
}

function describeKey(options: TrustOptions, key: string) {
  const [identity] = quickFlags(options).filter((flag) => flag.startsWith('certificate'));
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
  if (quickFlags(options).length === 0) {
    throw new UsageError('whom to trust? Give --policy FILE, or --key FILE, or --certificate-identity and its issuer');
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
  if (options['trusted-root'] === undefined) {
    throw new UsageError('a certificate needs --trusted-root FILE: countersign downloads no trust roots');
  }
  return {
    keyless: {
      root: 'root',
      issuer,
      ...(identity !== undefined && { identity }),
      ...(identityRegex !== undefined && { identityRegex }),
    },
  };
}

function load(trust: Parameters<typeof loadTrustMaterial>[0], file: string): TrustMaterial {
  try {
    return loadTrustMaterial(trust);
  } catch (error) {
    if (!(error instanceof TrustMaterialError)) throw error;
    throw new ConfigurationError([{ file, path: '', message: messageOf(error) }]);
  }
}
