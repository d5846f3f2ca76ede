import * as z from 'zod';
import { decodeBase64 } from './base64.ts';
import { type Certificate, isSelfIssued, parseCertificate } from './certificate.ts';
import { envelopeShape, LARGEST_ENVELOPE, readEnvelope } from './dsse.ts';
import { SignatureError } from './errors.ts';
import { parseJson } from './json.ts';
import type { AttachedEntry, Material } from './material.ts';

const text = z.string().max(64 * 1024);
/** Protobuf JSON writes int64 as text and leaves zero out. */
const integer = z
  .union([z.string().regex(/^(0|[1-9][0-9]{0,18})$/), z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)])
  .default(0)
  .transform((value) => BigInt(value));

const entryShape = z.object({
  logIndex: integer,
  logId: z.object({ keyId: text }),
  kindVersion: z.object({ kind: z.string().max(40), version: z.string().max(20) }),
  integratedTime: integer,
  inclusionPromise: z.object({ signedEntryTimestamp: text }).nullish(),
  inclusionProof: z
    .object({
      logIndex: integer,
      rootHash: text,
      treeSize: integer,
      hashes: z.array(text).max(64).default([]),
      checkpoint: z.object({ envelope: text }).nullish(),
    })
    .nullish(),
  canonicalizedBody: z.string().max(LARGEST_ENVELOPE),
});

const certificateShape = z.object({ rawBytes: text });
const bundleShape = z.object({
  mediaType: text,
  verificationMaterial: z.object({
    certificate: certificateShape.optional(),
    x509CertificateChain: z.object({ certificates: z.array(certificateShape).min(1).max(10) }).optional(),
    publicKey: z.object({ hint: text.optional() }).optional(),
    tlogEntries: z.array(entryShape).max(8).default([]),
    timestampVerificationData: z
      .object({
        rfc3161Timestamps: z
          .array(z.object({ signedTimestamp: text }))
          .max(8)
          .default([]),
      })
      .nullish(),
  }),
  messageSignature: z
    .object({ messageDigest: z.object({ algorithm: text, digest: text }).optional(), signature: text })
    .optional(),
  dsseEnvelope: envelopeShape.optional(),
});
type BundleShape = z.infer<typeof bundleShape>;

const VERSIONS: Readonly<Record<string, '0.1' | '0.2' | '0.3'>> = {
  'application/vnd.dev.sigstore.bundle+json;version=0.1': '0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2': '0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3': '0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json': '0.3',
};

/** Parses a Sigstore bundle v0.1 to v0.3 (protobuf-specs, sigstore_bundle.proto). Throws `malformed`, `unsupported`, `too-large` or `no-signature`. */
export function parseBundle(bytes: Uint8Array): Material {
  const shape = parseJson(bytes, bundleShape, 'bundle', 2 * LARGEST_ENVELOPE);
  const version = VERSIONS[shape.mediaType];
  if (version === undefined)
    throw new SignatureError('unsupported', `unknown bundle type ${shape.mediaType.slice(0, 100)}`);
  const { verificationMaterial: material } = shape;
  const signed = readSigned(shape);
  return {
    ...signed,
    stamped: signed.signature,
    certificate: readCertificate(material, version),
    entries: material.tlogEntries.map((entry) => readEntry(entry, version)),
    timestamps: (material.timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) =>
      decodeBase64(signedTimestamp, 'time stamp'),
    ),
    proofRequired: version !== '0.1',
  };
}

function readSigned({ messageSignature, dsseEnvelope }: BundleShape): Pick<Material, 'signed' | 'signature'> {
  if ((messageSignature === undefined) === (dsseEnvelope === undefined)) {
    throw new SignatureError('malformed', 'a bundle holds either a message signature or an envelope');
  }
  if (dsseEnvelope !== undefined) {
    const { envelope, signature } = readEnvelope(dsseEnvelope);
    return { signed: { kind: 'envelope', envelope }, signature };
  }
  const digest = messageSignature?.messageDigest;
  if (digest !== undefined && digest.algorithm !== 'SHA2_256') {
    throw new SignatureError('unsupported', `message digest ${digest.algorithm.slice(0, 40)}`);
  }
  const signature = decodeBase64(messageSignature?.signature ?? '', 'signature');
  if (signature.length === 0) throw new SignatureError('no-signature', 'the bundle has an empty signature');
  return { signed: { kind: 'artifact', claimed: digest && decodeBase64(digest.digest, 'message digest') }, signature };
}

function readCertificate(
  { certificate, x509CertificateChain, publicKey }: BundleShape['verificationMaterial'],
  version: '0.1' | '0.2' | '0.3',
): Certificate | undefined {
  if ([certificate, x509CertificateChain, publicKey].filter((part) => part !== undefined).length !== 1) {
    throw new SignatureError(
      'malformed',
      'a bundle names exactly one of certificate, certificate chain and public key',
    );
  }
  if (publicKey !== undefined) return undefined;
  if (x509CertificateChain !== undefined && version === '0.3') {
    throw new SignatureError('malformed', 'a bundle of version 0.3 holds one certificate, not a chain');
  }
  const [leaf, ...rest] = (x509CertificateChain?.certificates ?? [certificate])
    .filter((part) => part !== undefined)
    .map(({ rawBytes }) => parseCertificate(decodeBase64(rawBytes, 'certificate')));
  if (leaf === undefined) throw new SignatureError('malformed', 'an empty certificate chain');
  // Trust comes from the trusted root alone: intermediates that travel along are not used, and a root that does is refused.
  if (rest.some((part) => isSelfIssued(part)))
    throw new SignatureError('untrusted-certificate', 'the bundle brings a root certificate along');
  return leaf;
}

/** One log entry in the JSON form that bundles use. Version 0.1 rests on the promise, which therefore must be there (sigstore_bundle.proto). */
function readEntry(shape: z.infer<typeof entryShape>, version: '0.1' | '0.2' | '0.3'): AttachedEntry {
  const { inclusionProof: proof, inclusionPromise: promise } = shape;
  if (version === '0.1' && !promise)
    throw new SignatureError('malformed', 'a log entry of version 0.1 without a promise');
  return {
    logId: shape.logId.keyId,
    kind: `${shape.kindVersion.kind} ${shape.kindVersion.version}`,
    logIndex: shape.logIndex,
    integratedTime: shape.integratedTime,
    body: decodeBase64(shape.canonicalizedBody, 'body of a log entry'),
    ...(promise && { promise: decodeBase64(promise.signedEntryTimestamp, 'signed entry timestamp') }),
    ...(proof && {
      proof: {
        index: proof.logIndex,
        size: proof.treeSize,
        rootHash: decodeBase64(proof.rootHash, 'root hash'),
        hashes: proof.hashes.map((hash) => decodeBase64(hash, 'hash of an inclusion proof')),
        checkpoint: proof.checkpoint?.envelope,
      },
    }),
  };
}
