import type { TrustPolicy } from './policy.ts';

export const STORE_KINDS = ['ca', 'signingAuthority', 'tsa'] as const;
export type CompiledStores = Readonly<Partial<Record<(typeof STORE_KINDS)[number], readonly string[] | undefined>>>;

/** A trust policy with the files that it names, as it is compiled into the configuration of a deployment. */
export interface CompiledTrust {
  readonly policy: TrustPolicy;
  /** Trusted roots by name, each the parsed JSON of a Sigstore trusted_root.json. */
  readonly roots: Readonly<Record<string, unknown>>;
  /** Initial root.json of the roots that are refreshed through TUF, by name: its text, since its signatures are over what it says. */
  readonly initialRoots?: Readonly<Record<string, string>> | undefined;
  /** Public keys by signer name, PEM (SPKI). */
  readonly keys: Readonly<Record<string, string>>;
  /** Certificates of Notary Project trust stores by signer name, PEM. */
  readonly stores: Readonly<Record<string, CompiledStores>>;
}
