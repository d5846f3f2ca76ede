import { describeDsseV1, describeHashedRekordV2 } from './log-bodies.ts';
import type { LogEntry } from './rekor.ts';
import type { SigningMaterial, SigstoreServices } from './services.ts';
import { isSigningKey, type Signer } from './signers.ts';
import { alter, type SigningOptions } from './signing-options.ts';
import { type Envelope, PAYLOAD_TYPE, preAuthenticationEncoding, seal } from './statements.ts';

export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A Sigstore bundle v0.3 with a DSSE envelope, in its JSON form, members in cosign's order. */
export interface BundleJson {
  readonly mediaType: typeof BUNDLE_MEDIA_TYPE;
  readonly verificationMaterial: {
    readonly certificate?: { readonly rawBytes: string };
    readonly publicKey?: { readonly hint: string };
    readonly tlogEntries?: readonly LogEntry[];
    readonly timestampVerificationData?: {
      readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
    };
  };
  readonly dsseEnvelope: Envelope;
}

export interface BundleOptions extends SigningOptions {
  readonly payloadType?: string;
}

/** Signs a payload as a DSSE envelope and wraps everything that proves it into a bundle. */
export function signBundle(
  services: SigstoreServices,
  payload: Buffer,
  signer: Signer,
  options: BundleOptions = {},
): BundleJson {
  const { flaws = {}, payloadType = PAYLOAD_TYPE } = options;
  const log = options.log ?? (isSigningKey(signer) ? 'none' : 'v2');
  const stamped = options.timestamp ?? (!isSigningKey(signer) && log !== 'v1');
  const material = services.prepareMaterial(signer, flaws);
  const signature = services.sign(preAuthenticationEncoding(payloadType, payload), material, flaws);
  const entries =
    log === 'none' ? [] : [appendEntry(services, log, { payload, payloadType, signature, material }, options)];
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...describeMaterial(material),
      ...(entries.length === 0 ? {} : { tlogEntries: flaws.duplicateLogEntry ? [...entries, ...entries] : entries }),
      ...(stamped ? describeTimestamp(services.timestamp(signature, flaws)) : {}),
    },
    dsseEnvelope: seal(flaws.alteredPayload ? alter(payload) : payload, payloadType, signature),
  };
}

interface Signed {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signature: Buffer;
  readonly material: SigningMaterial;
}

function appendEntry(
  services: SigstoreServices,
  log: 'v1' | 'v2',
  signed: Signed,
  { flaws = {} }: SigningOptions,
): LogEntry {
  const { payload, payloadType, material } = signed;
  const verifier = services.describeVerifier(material, flaws);
  const encoded = preAuthenticationEncoding(payloadType, payload);
  const signature = flaws.logEntryOfOtherSignature ? services.sign(encoded, material, {}) : signed.signature;
  const other = flaws.logEntryOfOtherPayload ? Buffer.from('{}') : undefined;
  const body =
    log === 'v1'
      ? describeDsseV1(seal(payload, payloadType, signature), other ?? payload, verifier)
      : describeHashedRekordV2(other ?? encoded, signature, verifier);
  return services.logs[log].append(body, services.now(), flaws);
}

/** Who signed, as a bundle names it: a certificate, or the hint of a key. */
export function describeMaterial({ signer, certificate }: SigningMaterial): BundleJson['verificationMaterial'] {
  if (isSigningKey(signer)) return { publicKey: { hint: signer.hint } };
  return certificate === undefined ? {} : { certificate: { rawBytes: certificate.toString('base64') } };
}

/** An RFC 3161 time stamp, as a bundle carries it. */
export function describeTimestamp(stamp: Buffer): BundleJson['verificationMaterial'] {
  return { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp.toString('base64') }] } };
}
