import { sign } from 'node:crypto';
import { type Digest, digestOf } from '../../lambdas/core/digest.ts';
import type { CosignAnnotations } from '../../lambdas/core/signature/candidate.ts';
import { CODE_SIGNING, createAuthorityChain, generateEcKey, type KeyPair, toPem } from './certificates.ts';
import { createCtLog } from './ct-log.ts';
import type { Flaws } from './flaws.ts';
import { type Identity, issueCertificate } from './fulcio.ts';
import {
  describeDsseV1,
  describeHashedRekordV1,
  describeHashedRekordV2,
  type LogBody,
  type LoggedVerifier,
} from './log-bodies.ts';
import { createLog, type LogEntry } from './rekor.ts';
import { isSigningKey, type Signer } from './signers.ts';
import {
  describeAttestation,
  describeImageSignature,
  describeSimpleSigning,
  type Envelope,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
} from './statements.ts';
import { createTimestampAuthority } from './timestamp-authority.ts';
import { describeTrust, type TrustedRootJson } from './trusted-root.ts';

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

/** How a signature is made. Defaults are cosign's: an identity logs to Rekor v2 and has a timestamp, a key does neither. */
export interface SigningOptions {
  readonly log?: 'v1' | 'v2' | 'none';
  readonly timestamp?: boolean;
  readonly flaws?: Flaws;
}

/** One layer of a legacy `.sig` or `.att` manifest. */
export interface LegacyLayer {
  readonly bytes: Buffer;
  readonly annotations: CosignAnnotations;
}

/** A Sigstore of our own, in memory: certificate authority, certificate log, transparency logs v1 and v2, timestamp authority. */
export interface PrivateSigstore {
  /** The trusted_root.json that makes a verifier trust this Sigstore and no other. */
  trustedRoot(): TrustedRootJson;
  /** What `cosign sign` attaches as a referrer. */
  signImageBundle(digest: Digest, signer: Signer, options?: SigningOptions): BundleJson;
  /** What `cosign attest` attaches as a referrer. */
  attest(
    digest: Digest,
    predicateType: string,
    predicate: unknown,
    signer: Signer,
    options?: SigningOptions,
  ): BundleJson;
  /** Signs any payload as a DSSE envelope in a bundle. */
  signPayload(
    payload: Buffer,
    signer: Signer,
    options?: SigningOptions & { readonly payloadType?: string },
  ): BundleJson;
  /** The layer of a legacy `.sig` manifest; `reference` is the repository as `cosign sign` was given it. Logs to Rekor v1 unless told otherwise. */
  signLegacy(digest: Digest, reference: string, signer: Signer, options?: SigningOptions): LegacyLayer;
  /** The layer of a legacy `.att` manifest. */
  attestLegacy(
    digest: Digest,
    predicateType: string,
    predicate: unknown,
    signer: Signer,
    options?: SigningOptions,
  ): LegacyLayer;
}

const ORGANIZATION = 'countersign.local';
const OTHER_DIGEST = digestOf('another image');

/** Creates one, trusted from an hour before `now()` (Unix milliseconds) on; every signature is made at `now()`. Keys are random. */
export function createPrivateSigstore({ now }: { readonly now: () => number }): PrivateSigstore {
  const created = now();
  const authorities = {
    ours: createAuthorityChain(ORGANIZATION, created, CODE_SIGNING),
    strange: createAuthorityChain(ORGANIZATION, created, CODE_SIGNING),
  };
  const ctLogs = { ours: createCtLog(), strange: createCtLog() };
  const timestamps = {
    ours: createTimestampAuthority(`tsa.${ORGANIZATION}`, created),
    strange: createTimestampAuthority(`tsa.${ORGANIZATION}`, created),
  };
  const logs = { v1: createLog('v1', `rekor1.${ORGANIZATION}`), v2: createLog('v2', `rekor.${ORGANIZATION}`) };

  /** The signing key of the moment: the signer's own, or a fresh one with a certificate for it. */
  function prepareKeys(signer: Signer, flaws: Flaws): { readonly keys: KeyPair; readonly certificate?: Buffer } {
    if (isSigningKey(signer)) return { keys: signer.keys };
    const keys = generateEcKey();
    return { keys, certificate: certify(signer, keys, flaws) };
  }

  function certify(identity: Identity, keys: KeyPair, flaws: Flaws): Buffer {
    const authority = flaws.untrustedAuthority ? authorities.strange : authorities.ours;
    const ctLog = flaws.untrustedCtLog ? ctLogs.strange : ctLogs.ours;
    return issueCertificate(
      authority.intermediate,
      ctLog,
      identity,
      keys,
      flaws.expired ? now() - 30 * 60_000 : now(),
      flaws,
    );
  }

  function loggedVerifier(
    signer: Signer,
    keys: KeyPair,
    certificate: Buffer | undefined,
    flaws: Flaws,
  ): LoggedVerifier {
    if (flaws.logKeyEmpty) return { kind: 'none' };
    const named = flaws.logKeyMismatch ? generateEcKey() : keys;
    if (isSigningKey(signer) || certificate === undefined) return { kind: 'key', der: named.spki };
    return { kind: 'certificate', der: flaws.logKeyMismatch ? certify(signer, named, {}) : certificate };
  }

  function timestamp(bytes: Buffer, flaws: Flaws): Buffer {
    const authority = flaws.untrustedTimestampAuthority ? timestamps.strange : timestamps.ours;
    return authority.timestamp(flaws.timestampOverOtherBytes ? Buffer.from('other bytes') : bytes, now());
  }

  function makeSignature(bytes: Buffer, keys: KeyPair, flaws: Flaws): Buffer {
    return sign('sha256', bytes, (flaws.wrongSignature ? generateEcKey() : keys).privateKey);
  }

  function signPayload(
    payload: Buffer,
    signer: Signer,
    options: SigningOptions & { readonly payloadType?: string } = {},
  ): BundleJson {
    const { flaws = {}, payloadType = PAYLOAD_TYPE } = options;
    const log = options.log ?? (isSigningKey(signer) ? 'none' : 'v2');
    const { keys, certificate } = prepareKeys(signer, flaws);
    const encoded = preAuthenticationEncoding(payloadType, payload);
    const signature = makeSignature(encoded, keys, flaws);
    const envelope = seal(payload, payloadType, signature);
    const entries = log === 'none' ? [] : [logs[log].append(describe(), now(), flaws)];

    function describe(): LogBody {
      const verifier = loggedVerifier(signer, keys, certificate, flaws);
      const logged = flaws.logEntryOfOtherSignature ? makeSignature(encoded, keys, {}) : signature;
      const other = flaws.logEntryOfOtherPayload ? Buffer.from('{}') : undefined;
      return log === 'v1'
        ? describeDsseV1(seal(payload, payloadType, logged), other ?? payload, verifier)
        : describeHashedRekordV2(other ?? encoded, logged, verifier);
    }

    return {
      mediaType: BUNDLE_MEDIA_TYPE,
      verificationMaterial: {
        ...(isSigningKey(signer) ? { publicKey: { hint: signer.hint } } : {}),
        ...(certificate === undefined ? {} : { certificate: { rawBytes: certificate.toString('base64') } }),
        ...(entries.length === 0 ? {} : { tlogEntries: flaws.duplicateLogEntry ? [...entries, ...entries] : entries }),
        ...((options.timestamp ?? (!isSigningKey(signer) && log !== 'v1'))
          ? {
              timestampVerificationData: {
                rfc3161Timestamps: [{ signedTimestamp: timestamp(signature, flaws).toString('base64') }],
              },
            }
          : {}),
      },
      dsseEnvelope: flaws.alteredPayload ? seal(alter(payload), payloadType, signature) : envelope,
    };
  }

  function annotate(
    signer: Signer,
    certificate: Buffer | undefined,
    entry: LogEntry | undefined,
    stamp: Buffer | undefined,
  ): CosignAnnotations {
    return {
      ...(certificate === undefined ? {} : { certificate: toPem(certificate) }),
      ...(isSigningKey(signer)
        ? {}
        : { chain: `${toPem(authorities.ours.intermediate.certificate)}${toPem(authorities.ours.root.certificate)}` }),
      ...(entry === undefined ? {} : { bundle: toRekorBundle(entry) }),
      ...(stamp === undefined
        ? {}
        : { rfc3161timestamp: JSON.stringify({ SignedRFC3161Timestamp: stamp.toString('base64') }) }),
    };
  }

  return {
    trustedRoot: () =>
      describeTrust({
        organization: ORGANIZATION,
        host: ORGANIZATION,
        start: created - 3_600_000,
        authorityChain: [authorities.ours.intermediate.certificate, authorities.ours.root.certificate],
        timestampChain: timestamps.ours.chain,
        ctLog: ctLogs.ours,
        logs: [logs.v1, logs.v2],
      }),

    signPayload,
    signImageBundle: (digest, signer, options) =>
      signPayload(describeImageSignature(options?.flaws?.wrongSubject ? OTHER_DIGEST : digest), signer, options),
    attest: (digest, predicateType, predicate, signer, options) =>
      signPayload(
        describeAttestation(options?.flaws?.wrongSubject ? OTHER_DIGEST : digest, predicateType, predicate, 'acme/app'),
        signer,
        options,
      ),

    signLegacy: (digest, reference, signer, options = {}) => {
      const { flaws = {} } = options;
      const log = options.log ?? (isSigningKey(signer) ? 'none' : 'v1');
      const { keys, certificate } = prepareKeys(signer, flaws);
      const payload = describeSimpleSigning(flaws.wrongSubject ? OTHER_DIGEST : digest, reference);
      const signature = makeSignature(payload, keys, flaws);
      const logged = flaws.logEntryOfOtherSignature ? makeSignature(payload, keys, {}) : signature;
      const loggedPayload = flaws.logEntryOfOtherPayload ? Buffer.from('{}') : payload;
      const verifier = loggedVerifier(signer, keys, certificate, flaws);
      const entry =
        log === 'none'
          ? undefined
          : logs.v1.append(describeHashedRekordV1(loggedPayload, logged, verifier), now(), flaws);
      const stamp = (options.timestamp ?? false) ? timestamp(signature, flaws) : undefined;
      return {
        bytes: flaws.alteredPayload ? alter(payload) : payload,
        annotations: { signature: signature.toString('base64'), ...annotate(signer, certificate, entry, stamp) },
      };
    },

    attestLegacy: (digest, predicateType, predicate, signer, options = {}) => {
      const { flaws = {} } = options;
      const log = options.log ?? (isSigningKey(signer) ? 'none' : 'v1');
      const { keys, certificate } = prepareKeys(signer, flaws);
      const payload = describeAttestation(
        flaws.wrongSubject ? OTHER_DIGEST : digest,
        predicateType,
        predicate,
        'acme/app',
      );
      const encoded = preAuthenticationEncoding(PAYLOAD_TYPE, payload);
      const signature = makeSignature(encoded, keys, flaws);
      const envelope = seal(payload, PAYLOAD_TYPE, signature);
      const logged = flaws.logEntryOfOtherSignature
        ? seal(payload, PAYLOAD_TYPE, makeSignature(encoded, keys, {}))
        : envelope;
      const verifier = loggedVerifier(signer, keys, certificate, flaws);
      const loggedPayload = flaws.logEntryOfOtherPayload ? Buffer.from('{}') : payload;
      const entry =
        log === 'none' ? undefined : logs.v1.append(describeDsseV1(logged, loggedPayload, verifier), now(), flaws);
      const bytes = Buffer.from(JSON.stringify(envelope));
      // cosign stamps the whole envelope here, because an attestation layer has no signature annotation to stamp
      const stamp = (options.timestamp ?? false) ? timestamp(bytes, flaws) : undefined;
      return {
        bytes: flaws.alteredPayload
          ? Buffer.from(JSON.stringify(seal(alter(payload), PAYLOAD_TYPE, signature)))
          : bytes,
        annotations: { signature: '', ...annotate(signer, certificate, entry, stamp) },
      };
    },
  };
}

function seal(payload: Buffer, payloadType: string, signature: Buffer): Envelope {
  return { payload: payload.toString('base64'), payloadType, signatures: [{ sig: signature.toString('base64') }] };
}

/** The same JSON with one space more: still says the same, no longer what was signed. */
function alter(payload: Buffer): Buffer {
  return Buffer.concat([payload, Buffer.from(' ')]);
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
