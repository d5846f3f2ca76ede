import { LARGEST_ENVELOPE, readWrittenEnvelope, type WrittenEnvelope } from './dsse.ts';
import {
  type Fields,
  readCount,
  readFields,
  readList,
  readMatch,
  readNullish,
  readOptional,
  readText,
} from './fields.ts';
import { readJson } from './json.ts';

/** A Sigstore bundle as its JSON has it, nothing decoded and nothing weighed (protobuf-specs, sigstore_bundle.proto). */
export interface WrittenBundle {
  readonly mediaType: string;
  readonly material: WrittenMaterial;
  readonly messageSignature: WrittenMessageSignature | undefined;
  readonly envelope: WrittenEnvelope | undefined;
}

export interface WrittenMaterial {
  /** Base64 of DER. */
  readonly certificate: string | undefined;
  readonly chain: readonly string[] | undefined;
  readonly publicKey: Fields | undefined;
  readonly entries: readonly WrittenEntry[];
  readonly timestamps: readonly string[];
}

interface WrittenMessageSignature {
  readonly digest: { readonly algorithm: string; readonly digest: string } | undefined;
  readonly signature: string;
}

export interface WrittenEntry {
  readonly logIndex: bigint;
  readonly logId: string;
  readonly kind: string;
  readonly integratedTime: bigint;
  readonly promise: string | undefined;
  readonly proof: WrittenProof | undefined;
  readonly body: string;
}

interface WrittenProof {
  readonly logIndex: bigint;
  readonly rootHash: string;
  readonly treeSize: bigint;
  readonly hashes: readonly string[];
  readonly checkpoint: string | undefined;
}

const LONGEST = 64 * 1024;

/** Reads the JSON of a bundle. Throws `malformed` or `too-large`. */
export function readWrittenBundle(bytes: Uint8Array): WrittenBundle {
  const bundle = readFields(readJson(bytes, 'bundle', 2 * LARGEST_ENVELOPE), 'bundle');
  return {
    mediaType: readString(bundle.mediaType, 'mediaType'),
    material: readMaterial(bundle.verificationMaterial, 'verificationMaterial'),
    messageSignature: readOptional(bundle.messageSignature, 'messageSignature', readMessageSignature),
    envelope: readOptional(bundle.dsseEnvelope, 'dsseEnvelope', readWrittenEnvelope),
  };
}

function readMaterial(value: unknown, at: string): WrittenMaterial {
  const material = readFields(value, at);
  return {
    certificate: readOptional(material.certificate, 'certificate', readCertificate),
    chain: readOptional(material.x509CertificateChain, 'x509CertificateChain', readChain),
    publicKey: readOptional(material.publicKey, 'publicKey', readPublicKey),
    entries: readOptional(material.tlogEntries, 'tlogEntries', readEntries) ?? [],
    timestamps: readNullish(material.timestampVerificationData, 'timestampVerificationData', readTimestamps) ?? [],
  };
}

function readString(value: unknown, at: string): string {
  return readText(value, at, LONGEST);
}

function readCertificate(value: unknown, at: string): string {
  return readString(readFields(value, at).rawBytes, `${at}.rawBytes`);
}

function readChain(value: unknown, at: string): readonly string[] {
  return readList(readFields(value, at).certificates, at, readCertificate, { least: 1, most: 10 });
}

function readPublicKey(value: unknown, at: string): Fields {
  const key = readFields(value, at);
  readOptional(key.hint, `${at}.hint`, readString);
  return key;
}

function readTimestamps(value: unknown, at: string): readonly string[] {
  return readOptional(readFields(value, at).rfc3161Timestamps, at, readTimestampList) ?? [];
}

function readTimestampList(value: unknown, at: string): readonly string[] {
  return readList(value, at, (item) => readString(readFields(item, at).signedTimestamp, `${at}.signedTimestamp`), {
    most: 8,
  });
}

function readMessageSignature(value: unknown, at: string): WrittenMessageSignature {
  const { messageDigest, signature } = readFields(value, at);
  return {
    digest: readOptional(messageDigest, `${at}.messageDigest`, readMessageDigest),
    signature: readString(signature, `${at}.signature`),
  };
}

function readMessageDigest(value: unknown, at: string): { readonly algorithm: string; readonly digest: string } {
  const { algorithm, digest } = readFields(value, at);
  return { algorithm: readString(algorithm, `${at}.algorithm`), digest: readString(digest, `${at}.digest`) };
}

function readEntries(value: unknown, at: string): readonly WrittenEntry[] {
  return readList(value, at, readEntry, { most: 8 });
}

function readEntry(value: unknown, at: string): WrittenEntry {
  const entry = readFields(value, at);
  const { kind, version } = readFields(entry.kindVersion, `${at}.kindVersion`);
  return {
    logIndex: readInteger(entry.logIndex, `${at}.logIndex`),
    logId: readString(readFields(entry.logId, `${at}.logId`).keyId, `${at}.logId.keyId`),
    kind: `${readText(kind, `${at}.kindVersion.kind`, 40)} ${readText(version, `${at}.kindVersion.version`, 20)}`,
    integratedTime: readInteger(entry.integratedTime, `${at}.integratedTime`),
    promise: readNullish(entry.inclusionPromise, `${at}.inclusionPromise`, readPromise),
    proof: readNullish(entry.inclusionProof, `${at}.inclusionProof`, readProof),
    body: readText(entry.canonicalizedBody, `${at}.canonicalizedBody`, LARGEST_ENVELOPE),
  };
}

function readPromise(value: unknown, at: string): string {
  return readString(readFields(value, at).signedEntryTimestamp, `${at}.signedEntryTimestamp`);
}

function readProof(value: unknown, at: string): WrittenProof {
  const proof = readFields(value, at);
  return {
    logIndex: readInteger(proof.logIndex, `${at}.logIndex`),
    rootHash: readString(proof.rootHash, `${at}.rootHash`),
    treeSize: readInteger(proof.treeSize, `${at}.treeSize`),
    hashes: readOptional(proof.hashes, `${at}.hashes`, readHashes) ?? [],
    checkpoint: readNullish(proof.checkpoint, `${at}.checkpoint`, readCheckpoint),
  };
}

function readHashes(value: unknown, at: string): readonly string[] {
  return readList(value, at, readString, { most: 64 });
}

function readCheckpoint(value: unknown, at: string): string {
  return readString(readFields(value, at).envelope, `${at}.envelope`);
}

const INT64 = /^(0|[1-9][0-9]{0,18})$/;

/** Protobuf JSON writes int64 as text and leaves zero out. */
function readInteger(value: unknown, at: string): bigint {
  if (value === undefined) return 0n;
  return BigInt(typeof value === 'number' ? readCount(value, at) : readMatch(value, at, INT64));
}
