import { createHash } from 'node:crypto';
import { partsOfToken } from '../fuzz/parts.ts';
import type { Judges } from './sigstore-oracle.ts';

/** Why our engine may refuse what @sigstore/verify accepts, by the code of the refusal. Each is a rule that the oracle does not hold to. */
const STRICTER: Readonly<Record<string, string>> = {
  malformed: 'base64, UTF-8, JSON, DER and signed notes have one form each, and members have their types',
  unsupported: 'media types are compared to the letter',
  'bad-inclusion-proof': 'root hash, size and checkpoint must be of one tree, and a checkpoint names its log',
  'untrusted-log': 'the id of a log is compared to the letter',
  'log-entry-mismatch': 'the log entry must name the certificate or key that signed',
  'certificate-usage': 'the certificate must be for signing code, not of an authority, with nothing critical unknown',
  'content-mismatch': 'a statement must be about the artifact',
  'untrusted-certificate':
    'a bundle brings no root certificate along (sigstore-conformance bundle-with-root-cert_fail)',
  'bad-timestamp': 'the certificate of a time stamping authority is for nothing else',
  'bad-log-entry': 'what is attached must verify, whether needed or not',
};

type Json = Record<string, unknown>;

interface About {
  readonly valid: Json;
  readonly artifact: Buffer | undefined;
  /** For each time stamp whether we passed over it. */
  readonly passedOver: readonly boolean[];
}

/**
 * What our engine passes over and the oracle stumbles upon. An acceptance of ours that the oracle refuses counts as explained only if it accepts the bundle without that: then
 * all that our verdict rests on is what the oracle accepts too.
 */
const SET_ASIDE: readonly {
  readonly because: string;
  /** The bundle without what is passed over; the same object where there is none of it. */
  apply(bundle: Json, about: About): Json;
}[] = [
  {
    because:
      'a time stamp by an authority outside the root is passed over where the log vouches for the time or a key signed',
    apply: (bundle, { passedOver }) => mapStamps(bundle, (stamp, index) => (passedOver[index] === true ? [] : [stamp])),
  },
  {
    because: 'the certificates and the status that travel around a time stamp are not read: those of the root count',
    apply: (bundle, { valid }) => mapStamps(bundle, (stamp) => [findStamp(valid, stamp) ?? stamp]),
  },
  {
    because: 'version 0.1 may have a proof without a checkpoint; the promise counts',
    apply: (bundle) => withMaterial(bundle, 'tlogEntries', (entry) => [dropBareProof(entry)]),
  },
  {
    because: 'the digest beside a message signature is a hint that may be left out',
    apply: (bundle, { artifact }) => addDigest(bundle, artifact),
  },
];

/** How two verdicts on one bundle relate. `unexplained` is what must never be. */
export type Comparison =
  | { readonly kind: 'agreed'; readonly on: 'accepted' | 'refused' }
  | { readonly kind: 'stricter' | 'passed over'; readonly because: string }
  | { readonly kind: 'unexplained'; readonly what: string };

/** Compares our verdict with that of @sigstore/verify on a bundle that was made from a valid one (or is it). */
export function compareVerdicts(judges: Judges, bytes: Buffer, valid: Buffer, artifact?: Buffer): Comparison {
  const ours = judges.ours(bytes);
  const theirs = judges.theirs(bytes);
  if (ours.ok === (theirs === undefined)) return { kind: 'agreed', on: ours.ok ? 'accepted' : 'refused' };
  if (!ours.ok) {
    const because = STRICTER[ours.code];
    return because === undefined
      ? { kind: 'unexplained', what: `they accept, we refuse with ${ours.code}` }
      : { kind: 'stricter', because: `${ours.code}: ${because}` };
  }
  let rest = JSON.parse(bytes.toString()) as Json;
  const stamps = ours.checks.filter(({ check }) => check === 'signed-time');
  const passedOver = stamps.map(({ result }) => result === 'skipped');
  const about = { valid: JSON.parse(valid.toString()) as Json, artifact, passedOver };
  const reasons: string[] = [];
  for (const { because, apply } of SET_ASIDE) {
    const without = apply(rest, about);
    if (JSON.stringify(without) === JSON.stringify(rest)) continue;
    rest = without;
    reasons.push(because);
  }
  const said = reasons.length === 0 ? theirs : judges.theirs(Buffer.from(JSON.stringify(rest)));
  return said === undefined
    ? { kind: 'passed over', because: reasons.join('; ') }
    : { kind: 'unexplained', what: `we accept, they refuse: ${said} (at first: ${theirs})` };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A bundle with a list of its verification material changed item by item. */
function withMaterial(bundle: Json, name: string, change: (item: Json) => readonly Json[]): Json {
  const { verificationMaterial: material } = bundle;
  if (!isObject(material) || !Array.isArray(material[name])) return bundle;
  return { ...bundle, verificationMaterial: { ...material, [name]: material[name].filter(isObject).flatMap(change) } };
}

function mapStamps(bundle: Json, change: (stamp: string, index: number) => readonly string[]): Json {
  const { verificationMaterial: material } = bundle;
  const data = isObject(material) ? material.timestampVerificationData : undefined;
  if (!isObject(material) || !isObject(data) || !Array.isArray(data.rfc3161Timestamps)) return bundle;
  const stamps = listStamps(bundle).flatMap(change);
  const timestampVerificationData = {
    ...data,
    rfc3161Timestamps: stamps.map((signedTimestamp) => ({ signedTimestamp })),
  };
  return { ...bundle, verificationMaterial: { ...material, timestampVerificationData } };
}

function listStamps({ verificationMaterial: material }: Json): readonly string[] {
  const data = isObject(material) ? material.timestampVerificationData : undefined;
  const list = isObject(data) && Array.isArray(data.rfc3161Timestamps) ? data.rfc3161Timestamps.filter(isObject) : [];
  return list.flatMap(({ signedTimestamp }) => (typeof signedTimestamp === 'string' ? [signedTimestamp] : []));
}

/** The stamp of the valid bundle that has the same content, signed attributes and signature. */
function findStamp(valid: Json, stamp: string): string | undefined {
  const bound = (text: string) => partsOfToken(Buffer.from(text, 'base64'), true);
  return listStamps(valid).find((one) => bound(one) === bound(stamp));
}

function dropBareProof(entry: Json): Json {
  const { inclusionProof: proof, ...rest } = entry;
  return isObject(proof) && !isObject(proof.checkpoint) ? rest : entry;
}

function addDigest(bundle: Json, artifact: Buffer | undefined): Json {
  const { messageSignature: message } = bundle;
  if (!isObject(message) || artifact === undefined || isObject(message.messageDigest)) return bundle;
  const digest = createHash('sha256').update(artifact).digest('base64');
  return { ...bundle, messageSignature: { ...message, messageDigest: { algorithm: 'SHA2_256', digest } } };
}
