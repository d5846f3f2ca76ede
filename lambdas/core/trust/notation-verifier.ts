import { createStrictStatement } from '../signature/notation/trust-policy.ts';
import { readTrustStores } from '../signature/notation/trust-store.ts';
import type { NotationVerifier } from '../signature/verifier.ts';
import { type CompiledStores, STORE_KINDS } from './compiled-trust.ts';
import type { NotationSigner } from './signer.ts';

/** The name of the one store of each kind that a signer has. */
const STORE = 'signer';

/** Makes what verifies a Notary Project signer of the policy, out of its certificates. Throws `bad-trust-policy` and `bad-trust-store`. */
export function createNotationVerifier(name: string, signer: NotationSigner, stores: CompiledStores): NotationVerifier {
  const kinds = STORE_KINDS.filter((kind) => signer[kind] !== undefined);
  const files = new Map(
    kinds.flatMap((kind) =>
      (stores[kind] ?? []).map((pem, index): [string, Uint8Array] => [
        `truststore/x509/${kind}/${STORE}/${index}.pem`,
        Buffer.from(pem),
      ]),
    ),
  );
  const statement = createStrictStatement(
    name,
    kinds.map((kind) => `${kind}:${STORE}`),
    signer.identities,
  );
  const revocation = signer.revocation === 'required' ? 'enforce' : 'log';
  return {
    kind: 'notation',
    statement: { ...statement, enforcement: { ...statement.enforcement, revocation } },
    stores: readTrustStores(files),
  };
}
