import type { Digest } from '../../lambdas/core/digest.ts';
import type { CosignAnnotations } from '../../lambdas/core/signature/candidate.ts';
import { toPem } from './certificates.ts';
import { describeDsseV1, describeHashedRekordV1, type LogBody } from './log-bodies.ts';
import type { LogEntry } from './rekor.ts';
import type { SigningMaterial, SigstoreServices } from './services.ts';
import { isSigningKey, type Signer } from './signers.ts';
import { alter, OTHER_DIGEST, type SigningOptions } from './signing-options.ts';
import {
  describeAttestation,
  describeSimpleSigning,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
  seal,
} from './statements.ts';

/** One layer of a legacy `.sig` or `.att` manifest. */
export interface LegacyLayer {
  readonly bytes: Buffer;
  readonly annotations: CosignAnnotations;
}

/** The layer of a `.sig` manifest; `reference` is the repository as `cosign sign` was given it. */
export function signLegacy(
  services: SigstoreServices,
  digest: Digest,
  reference: string,
  signer: Signer,
  options: SigningOptions = {},
): LegacyLayer {
  const { flaws = {} } = options;
  const material = services.prepareMaterial(signer, flaws);
  const payload = describeSimpleSigning(flaws.wrongSubject ? OTHER_DIGEST : digest, reference);
  const signature = services.sign(payload, material, flaws);
  const body = () =>
    describeHashedRekordV1(
      flaws.logEntryOfOtherPayload ? Buffer.from('{}') : payload,
      flaws.logEntryOfOtherSignature ? services.sign(payload, material, {}) : signature,
      services.describeVerifier(material, flaws),
    );
  return {
    bytes: flaws.alteredPayload ? alter(payload) : payload,
    annotations: {
      signature: signature.toString('base64'),
      ...annotate(services, material, options, body, signature),
    },
  };
}

/** The layer of an `.att` manifest. */
export function attestLegacy(
  services: SigstoreServices,
  digest: Digest,
  statement: { readonly predicateType: string; readonly predicate: unknown },
  signer: Signer,
  options: SigningOptions = {},
): LegacyLayer {
  const { flaws = {} } = options;
  const material = services.prepareMaterial(signer, flaws);
  const subject = flaws.wrongSubject ? OTHER_DIGEST : digest;
  const payload = describeAttestation(subject, statement.predicateType, statement.predicate, 'acme/app');
  const encoded = preAuthenticationEncoding(PAYLOAD_TYPE, payload);
  const signature = services.sign(encoded, material, flaws);
  const envelope = Buffer.from(JSON.stringify(seal(payload, PAYLOAD_TYPE, signature)));
  const body = () =>
    describeDsseV1(
      seal(payload, PAYLOAD_TYPE, flaws.logEntryOfOtherSignature ? services.sign(encoded, material, {}) : signature),
      flaws.logEntryOfOtherPayload ? Buffer.from('{}') : payload,
      services.describeVerifier(material, flaws),
    );
  return {
    bytes: flaws.alteredPayload ? Buffer.from(JSON.stringify(seal(alter(payload), PAYLOAD_TYPE, signature))) : envelope,
    // An attestation has no signature annotation, so cosign stamps the whole envelope (cosign pkg/cosign/verify.go, VerifyRFC3161Timestamp).
    annotations: { signature: '', ...annotate(services, material, options, body, envelope) },
  };
}

function annotate(
  services: SigstoreServices,
  { signer, certificate }: SigningMaterial,
  { log, timestamp = false, flaws = {} }: SigningOptions,
  describeBody: () => LogBody,
  stamped: Buffer,
): CosignAnnotations {
  const logged = (log ?? (isSigningKey(signer) ? 'none' : 'v1')) !== 'none';
  const stamp = timestamp ? services.timestamp(stamped, flaws).toString('base64') : undefined;
  return {
    ...(certificate === undefined ? {} : { certificate: toPem(certificate), chain: services.chainPem }),
    ...(logged ? { bundle: toRekorBundle(services.logs.v1.append(describeBody(), services.now(), flaws)) } : {}),
    ...(stamp === undefined ? {} : { rfc3161timestamp: JSON.stringify({ SignedRFC3161Timestamp: stamp }) }),
  };
}

/** The `dev.sigstore.cosign/bundle` annotation: a v1 entry as Rekor's own API returns it. */
function toRekorBundle(entry: LogEntry): string {
  return JSON.stringify({
    SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex ?? 0),
      logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
    },
  });
}
