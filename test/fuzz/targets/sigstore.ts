import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import type { CosignAnnotations, SigstoreCandidate } from '../../../lambdas/core/signature/candidate.ts';
import { parsePublicKeyPem } from '../../../lambdas/core/signature/keys.ts';
import type { SignatureOutcome } from '../../../lambdas/core/signature/outcome.ts';
import { parseTrustRoot } from '../../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../../lambdas/core/signature/verify-signature.ts';
import { mutateJson } from '../mutate/json.ts';
import { partOfPem, partsOfFormat, partsOfToken, UNDEFINED_NAMES } from '../parts.ts';
import { bytesOf, type Context, type Harmless, type Outcome, type Target } from '../target.ts';

function verifierOf(context: Context): Verifier {
  const root = context.root === undefined ? undefined : parseTrustRoot(context.root);
  const log = context.log === 'not-required' ? 'not-required' : 'required';
  if (typeof context.key === 'string')
    return { kind: 'key', key: parsePublicKeyPem(context.key), log, ...(root && { root }) };
  if (root === undefined) throw new TypeError('the case has neither key nor root');
  return { kind: 'certificate', root, log, certificateTimestamp: log };
}

function describe(outcome: SignatureOutcome): Outcome {
  if (!outcome.ok) return { kind: 'refused', code: outcome.code };
  const { signer, content, signedAt: times } = outcome;
  return { kind: 'accepted', says: canonicalize(JSON.parse(JSON.stringify({ signer, content }))), times };
}

/** The names of a bundle (protobuf-specs, sigstore_bundle.proto and sigstore_rekor.proto), as far as any of the versions read has them. */
const BUNDLE = new RegExp(
  `^(${[
    'mediaType',
    'messageSignature\\.(messageDigest\\.(algorithm|digest)|signature)',
    'dsseEnvelope\\.(payload|payloadType|signatures\\[\\d+\\]\\.sig)',
    'verificationMaterial\\.(certificate\\.rawBytes|x509CertificateChain\\.certificates\\[\\d+\\]\\.rawBytes|publicKey\\.hint)',
    'verificationMaterial\\.timestampVerificationData\\.rfc3161Timestamps\\[\\d+\\]\\.signedTimestamp',
    'verificationMaterial\\.tlogEntries\\[\\d+\\]\\.(logIndex|logId\\.keyId|kindVersion\\.(kind|version)|integratedTime|canonicalizedBody)',
    'verificationMaterial\\.tlogEntries\\[\\d+\\]\\.inclusionPromise\\.signedEntryTimestamp',
    'verificationMaterial\\.tlogEntries\\[\\d+\\]\\.inclusionProof\\.(logIndex|rootHash|treeSize|hashes\\[\\d+\\]|checkpoint\\.envelope)',
  ].join('|')})$`,
);

/** What of a bundle may differ while its meaning stays. Everything else, every byte of it, must be what was signed, logged or stamped. */
const FREE_OF_BUNDLE: readonly Harmless[] = [
  UNDEFINED_NAMES,
  {
    part: /^mediaType \(changed\)$/,
    because:
      'another version that is read: all of them are verified alike, but that 0.1 rests on the promise and the later ones on a proof',
  },
  {
    part: /^messageSignature\.messageDigest\./,
    because: 'the digest beside a signature is a hint: it may be missing, and may not be wrong',
  },
  { part: /\.publicKey\.hint \(/, because: 'the hint tells people which key it was, and chooses none' },
  {
    part: /\.x509CertificateChain\.certificates\[[1-9]\]/,
    because: 'certificates beyond the first are not used: trust comes from the root alone',
  },
  {
    part: /\.tlogEntries\[\d\]\.(logIndex|integratedTime) \(/,
    unless: /\.signedEntryTimestamp$/,
    because:
      'the index over all shards and the time beside a proof are vouched for by a promise alone, and are not used without one',
  },
  {
    part: /\.inclusionPromise\.signedEntryTimestamp \(removed\)$/,
    because: 'the proof vouches for the entry, and a time stamp for the time',
  },
  {
    part: /\.inclusionProof\.(logIndex|rootHash|treeSize|hashes\[\d+\]|checkpoint\.envelope) \(removed\)$/,
    unless: /\.inclusionProof\.checkpoint\.envelope$/,
    because: 'version 0.1 rests on the promise, with a proof or without',
  },
  {
    part: /\.signedTimestamp \(/,
    because:
      'a time stamp that no authority of the root made is passed over: the log vouches for the time, or a key signed, which does not expire',
  },
];

export const bundle: Target = {
  share: 26,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => {
    const verifier = verifierOf(context);
    const options = context.artifact === undefined ? {} : { artifact: { bytes: bytesOf(context, 'artifact') } };
    return (bytes) =>
      describe(verifySignature({ format: 'bundle', origin: { kind: 'file' }, bytes }, verifier, options));
  },
  parts: (input, context) => {
    const parts = partsOfFormat(input, BUNDLE, describePart);
    // Without a root there is no log that could be known, and nothing of one is read.
    if (context.root !== undefined) return parts;
    return new Map([...parts].filter(([name]) => !/\.(tlogEntries|timestampVerificationData)[.[]/.test(name)));
  },
  harmless: FREE_OF_BUNDLE,
  // What it is about is in what an acceptance says: the root, the key and the artifact are those of the judge.
  takesWhole: () => true,
};

function describePart(name: string, value: string): string {
  if (name.endsWith('.signedTimestamp')) return partsOfToken(Buffer.from(value, 'base64'), true);
  return name.endsWith('.checkpoint.envelope') ? value.slice(0, value.indexOf('\n\n')) : value;
}

const LAYER = /^(format|layer|annotations\.(signature|certificate|bundle|chain|rfc3161timestamp))$/;
const REKOR = /^(SignedEntryTimestamp|Payload\.(body|integratedTime|logIndex|logID))$/;
const FREE_OF_LAYER: readonly Harmless[] = [
  UNDEFINED_NAMES,
  { part: /^annotations\.chain \(/, because: 'the chain is not used: trust comes from the root alone' },
  {
    part: /^annotations\.signature \(/,
    unless: /^layer$/,
    because: 'an attestation is signed in its envelope: the annotation is not read',
  },
  {
    part: /^annotations\.rfc3161timestamp \(/,
    because: 'a time stamp that no authority of the root made is passed over: the log vouches for the time',
  },
];

function describeLayerPart(name: string, value: string): string {
  switch (name) {
    case 'layer':
      return Buffer.from(value, 'base64').toString('base64');
    case 'annotations.certificate':
      return partOfPem(value);
    case 'annotations.rfc3161timestamp':
      return describeStamp(value);
    default:
      return value;
  }
}

/** An annotation that is no text in the manifest never reaches the engine; here it may be anything. */
function describeStamp(text: string): string {
  const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  const stamp = typeof json === 'object' && json !== null ? Reflect.get(json, 'SignedRFC3161Timestamp') : undefined;
  return typeof stamp === 'string' ? partsOfToken(Buffer.from(stamp, 'base64'), true) : '';
}

function partsOfLayer(input: Buffer): ReadonlyMap<string, string> {
  const parts = partsOfFormat(input, LAYER, describeLayerPart);
  // An empty annotation is none. What stands twice in this document of ours never reaches the engine; in what is inside it would.
  for (const [name, value] of parts) if (value === '' || name.endsWith(', a second time')) parts.delete(name);
  const replace = (name: string, defined: RegExp) => {
    const value = parts.get(name);
    if (value === undefined || value === '') return;
    parts.delete(name);
    const text = name === 'layer' ? Buffer.from(value, 'base64') : Buffer.from(value);
    for (const [inner, part] of partsOfFormat(text, defined)) parts.set(`${name}/${inner}`, part);
  };
  replace('annotations.bundle', REKOR);
  if (parts.get('format') === 'dsse') replace('layer', /^(payload|payloadType|signatures\[\d+\]\.sig)$/);
  return parts;
}

/** A layer of cosign's `.sig` or `.att` with its annotations, as one JSON document: `{format, layer: base64, annotations}`. */
export const cosignLayer: Target = {
  share: 12,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => {
    const verifier = verifierOf(context);
    return (input) => {
      const candidate = readLayer(input);
      return candidate === undefined
        ? { kind: 'refused', code: 'no-layer' }
        : describe(verifySignature(candidate, verifier));
    };
  },
  parts: partsOfLayer,
  harmless: FREE_OF_LAYER,
  takesWhole: () => true,
};

function readLayer(input: Buffer): SigstoreCandidate | undefined {
  let json: unknown;
  try {
    json = JSON.parse(input.toString());
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { format, layer, annotations = {} } = json as { format?: unknown; layer?: unknown; annotations?: unknown };
  if (typeof layer !== 'string' || typeof annotations !== 'object' || annotations === null) return undefined;
  // A manifest's annotations are texts by the time they get here (`collectPieces`).
  const texts: CosignAnnotations = Object.fromEntries(
    Object.entries(annotations).filter(([, text]) => typeof text === 'string'),
  );
  const bytes = Buffer.from(layer, 'base64');
  if (format === 'dsse') return { format, origin: { kind: 'att-tag' }, envelope: bytes, annotations: texts };
  return format === 'simple-signing'
    ? { format, origin: { kind: 'sig-tag' }, payload: bytes, annotations: texts }
    : undefined;
}
