import { messageOf } from '../errors.ts';
import { parsePublicKeyPem } from '../signature/keys.ts';
import { parseTrustRoot } from '../signature/trust-root.ts';
import { type CompiledStores, type CompiledTrust, STORE_KINDS } from '../trust/compiled-trust.ts';
import { createNotationVerifier } from '../trust/notation-verifier.ts';
import type { TrustPolicy } from '../trust/policy.ts';
import { parseInitialRoot } from '../trust/tuf/metadata-set.ts';
import { checkTrustPolicy } from './check-trust-policy.ts';
import type { CompiledConfig } from './compiled.ts';
import type { ConfigProblem } from './config-problem.ts';
import { hashConfig } from './hash.ts';
import type { Config } from './schema.ts';

/** Reads a file that the trust policy names, relative to the policy. Throws where it cannot be read or is too large. */
export type ReadFile = (file: string) => string;

export type Compilation =
  | { readonly ok: true; readonly compiled: CompiledConfig }
  /** Paths are those of the trust policy. */
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Makes the configuration that goes into the functions: the policy checked, each root and key read and parsed once. All or nothing. */
export function compileConfiguration(
  { images, iam, guardDuty, config }: Pick<Config, 'images' | 'iam' | 'guardDuty' | 'config'>,
  policy: TrustPolicy,
  readFile: ReadFile,
): Compilation {
  const trust = compileTrust(policy, readFile);
  const unknown = findUnknownPolicies(images.quarantine, policy);
  if (!trust.ok) return { ok: false, problems: [...trust.problems, ...unknown] };
  if (unknown.length > 0) return { ok: false, problems: unknown };
  const content: Omit<CompiledConfig, 'hash'> = {
    version: 1,
    images: {
      mode: images.mode,
      graceSeconds: images.grace,
      ...(images.quarantine !== undefined && { quarantine: images.quarantine }),
    },
    ...(iam !== undefined && {
      iam: {
        mode: iam.mode,
        bucket: iam.baselines.bucket,
        protected: iam.protected,
        limits: iam.limits,
        checks: iam.checks,
        heartbeat: iam.heartbeat,
        deploymentWait: iam.deploymentWait,
      },
    }),
    ...(guardDuty !== undefined && { guardDuty }),
    ...(config !== undefined && { config }),
    trust: trust.trust,
  };
  return { ok: true, compiled: { ...content, hash: hashConfig(content) } };
}

function findUnknownPolicies(
  quarantine: Config['images']['quarantine'],
  policy: TrustPolicy,
): readonly ConfigProblem[] {
  const known = new Set(policy.images.map(({ name }) => name));
  return Object.keys(quarantine?.policies ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: ['images'],
      message: `images.quarantine.policies of the configuration names ${name}, which is no image policy here`,
      accepted: [...known].join(', '),
    }));
}

export type TrustCompilation =
  | { readonly ok: true; readonly trust: CompiledTrust }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** The trust section alone, which is all that the command line needs. */
export function compileTrust(policy: TrustPolicy, readFile: ReadFile): TrustCompilation {
  const problems: ConfigProblem[] = [...checkTrustPolicy(policy)];
  const roots: Record<string, unknown> = {};
  const initialRoots: Record<string, string> = {};
  const keys: Record<string, string> = {};
  const stores: Record<string, CompiledStores> = {};
  for (const [name, { file, tuf }] of Object.entries(policy.roots)) {
    collect(['roots', name, 'file'], 'a Sigstore trusted_root.json', problems, () => {
      const json: unknown = JSON.parse(readFile(file));
      parseTrustRoot(json);
      roots[name] = json;
    });
    if (tuf === undefined) continue;
    collect(['roots', name, 'tuf', 'initialRoot'], 'a root.json of TUF that its own keys signed', problems, () => {
      const text = readFile(tuf.initialRoot);
      parseInitialRoot(Buffer.from(text));
      initialRoots[name] = text;
    });
  }
  for (const [name, signer] of Object.entries(policy.signers)) {
    if ('keyless' in signer) continue;
    if ('notation' in signer) {
      collect(
        ['signers', name, 'notation'],
        'certificates in PEM that signatures lead to, and identities',
        problems,
        () => {
          const { notation } = signer;
          const read = Object.fromEntries(STORE_KINDS.map((kind) => [kind, notation[kind]?.map(readFile)]));
          createNotationVerifier(name, notation, read);
          stores[name] = JSON.parse(JSON.stringify(read));
        },
      );
      continue;
    }
    collect(
      ['signers', name, 'key', 'file'],
      'a public key in PEM (P-256, P-384, P-521, Ed25519, RSA)',
      problems,
      () => {
        const pem = readFile(signer.key.file);
        parsePublicKeyPem(pem);
        keys[name] = pem;
      },
    );
  }
  if (problems.length > 0) return { ok: false, problems };
  const refreshed = Object.keys(initialRoots).length > 0 && { initialRoots };
  return { ok: true, trust: { policy, roots, ...refreshed, keys, stores } };
}

function collect(path: ConfigProblem['path'], accepted: string, problems: ConfigProblem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    problems.push({ path, message: messageOf(error), accepted });
  }
}
