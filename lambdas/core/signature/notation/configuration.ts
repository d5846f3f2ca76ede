import { NotationError } from './errors.ts';
import { type NotationTrustPolicy, parseTrustPolicy } from './trust-policy.ts';
import { anchorsOf, readTrustStores, type TrustStores } from './trust-store.ts';

/** What Notation keeps in its configuration folder: the trust policy and the stores it refers to. */
export interface NotationTrust {
  readonly policy: NotationTrustPolicy;
  readonly stores: TrustStores;
}

/** Names of the trust policy in Notation's folder, the newer one first. */
const POLICY_FILES = ['trustpolicy.oci.json', 'trustpolicy.json'];

/**
 * Reads a Notation configuration folder, given as its files by path (`trustpolicy.json`, `truststore/x509/ca/acme/root.crt`). Every store that the policy names must
 * be there. Throws `bad-trust-policy` or `bad-trust-store`.
 */
export function readNotationConfiguration(files: ReadonlyMap<string, Uint8Array>): NotationTrust {
  const name = POLICY_FILES.find((file) => files.has(file));
  const bytes = name === undefined ? undefined : files.get(name);
  if (bytes === undefined) throw new NotationError('bad-trust-policy', 'there is no trustpolicy.json');
  const policy = parseTrustPolicy(bytes);
  const stores = readTrustStores(files);
  for (const statement of policy.statements) {
    if (statement.kind === 'skip') continue;
    for (const type of ['ca', 'signingAuthority', 'tsa'] as const) anchorsOf(stores, statement.stores, type);
  }
  return { policy, stores };
}
