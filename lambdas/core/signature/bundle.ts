import { decodeBase64 } from './base64.ts';
import { type Certificate, isSelfIssued, parseCertificate } from './certificate.ts';
import { readEnvelope } from './dsse.ts';
import { SignatureError } from './errors.ts';
import type { AttachedEntry, Material } from './material.ts';
import { readWrittenBundle, type WrittenBundle, type WrittenEntry, type WrittenMaterial } from './written-bundle.ts';

type Version = '0.1' | '0.2' | '0.3';

const VERSIONS: ReadonlyMap<string, Version> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', '0.1'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', '0.2'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', '0.3'],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', '0.3'],
]);

/** Parses a Sigstore bundle v0.1 to v0.3 (protobuf-specs, sigstore_bundle.proto). Throws `malformed`, `unsupported`, `too-large` or `no-signature`. */
export function parseBundle(bytes: Uint8Array): Material {
  const written = readWrittenBundle(bytes);
  const version = VERSIONS.get(written.mediaType);
  if (version === undefined)
    throw new SignatureError('unsupported', `unknown bundle type ${written.mediaType.slice(0, 100)}`);
  const { material } = written;
  const signed = readSigned(written);
  return {
    ...signed,
    stamped: signed.signature,
    certificate: readCertificate(material, version),
    entries: material.entries.map((entry) => readEntry(entry, version)),
    timestamps: material.timestamps.map((timestamp) => decodeBase64(timestamp, 'time stamp')),
    proofRequired: version !== '0.1',
  };
}

function readSigned({ messageSignature, envelope: written }: WrittenBundle): Pick<Material, 'signed' | 'signature'> {
  if ((messageSignature === undefined) === (written === undefined)) {
    throw new SignatureError('malformed', 'a bundle holds either a message signature or an envelope');
  }
  if (written !== undefined) {
    const { envelope, signature } = readEnvelope(written);
    return { signed: { kind: 'envelope', envelope }, signature };
  }
  const digest = messageSignature?.digest;
  if (digest !== undefined && digest.algorithm !== 'SHA2_256') {
    throw new SignatureError('unsupported', `message digest ${digest.algorithm.slice(0, 40)}`);
  }
  const signature = decodeBase64(messageSignature?.signature ?? '', 'signature');
  if (signature.length === 0) throw new SignatureError('no-signature', 'the bundle has an empty signature');
  return { signed: { kind: 'artifact', claimed: digest && decodeBase64(digest.digest, 'message digest') }, signature };
}

function readCertificate(
  { certificate, chain, publicKey }: WrittenMaterial,
  version: Version,
): Certificate | undefined {
  if ([certificate, chain, publicKey].filter((part) => part !== undefined).length !== 1) {
    throw new SignatureError(
      'malformed',
      'a bundle names exactly one of certificate, certificate chain and public key',
    );
  }
  if (publicKey !== undefined) return undefined;
  if (chain !== undefined && version === '0.3') {
    throw new SignatureError('malformed', 'a bundle of version 0.3 holds one certificate, not a chain');
  }
  const [leaf, ...rest] = (chain ?? [certificate])
    .filter((part) => part !== undefined)
    .map((rawBytes) => parseCertificate(decodeBase64(rawBytes, 'certificate')));
  if (leaf === undefined) throw new SignatureError('malformed', 'an empty certificate chain');
  // Trust comes from the trusted root alone: intermediates that travel along are not used, and a root that does is refused.
  if (rest.some((part) => isSelfIssued(part)))
    throw new SignatureError('untrusted-certificate', 'the bundle brings a root certificate along');
  return leaf;
}

/** One log entry in the JSON form that bundles use. Version 0.1 rests on the promise, which therefore must be there (sigstore_bundle.proto). */
function readEntry(entry: WrittenEntry, version: Version): AttachedEntry {
  const { proof, promise } = entry;
  if (version === '0.1' && promise === undefined)
    throw new SignatureError('malformed', 'a log entry of version 0.1 without a promise');
  return {
    logId: entry.logId,
    kind: entry.kind,
    logIndex: entry.logIndex,
    integratedTime: entry.integratedTime,
    body: decodeBase64(entry.body, 'body of a log entry'),
    ...(promise !== undefined && { promise: decodeBase64(promise, 'signed entry timestamp') }),
    ...(proof && {
      proof: {
        index: proof.logIndex,
        size: proof.treeSize,
        rootHash: decodeBase64(proof.rootHash, 'root hash'),
        hashes: proof.hashes.map((hash) => decodeBase64(hash, 'hash of an inclusion proof')),
        checkpoint: proof.checkpoint,
      },
    }),
  };
}
