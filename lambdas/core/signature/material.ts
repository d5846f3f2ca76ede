import type { Certificate } from './certificate.ts';

/** A DSSE envelope with its one signature (in-toto attestation framework, envelope v1). */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  /** The pre-authentication encoding, which is what is signed. */
  readonly encoded: Buffer;
  /** The envelope's own JSON as it was stored, where it was stored by itself (a cosign `.att` layer). */
  readonly stored?: Uint8Array;
}

/** What the signature is over. */
export type Signed =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'simple-signing'; readonly payload: Uint8Array }
  /** An artifact outside; `claimed` is what the bundle says its sha256 is. */
  | { readonly kind: 'artifact'; readonly claimed: Buffer | undefined };

/** One entry of a transparency log as it was attached. Nothing of it is verified yet. */
export interface AttachedEntry {
  readonly logId: string;
  /** Kind and version that it is said to be of, where that is said beside the body. */
  readonly kind?: string;
  /** Index over all shards of the log, as the SET signs it. */
  readonly logIndex: bigint;
  readonly integratedTime: bigint;
  readonly body: Buffer;
  /** Signed entry timestamp of Rekor v1. */
  readonly promise?: Buffer;
  readonly proof?: {
    readonly index: bigint;
    readonly size: bigint;
    readonly rootHash: Buffer;
    readonly hashes: readonly Buffer[];
    readonly checkpoint: string | undefined;
  };
}

/** A candidate taken apart: the same form for every format, so that there is one way to verify. */
export interface Material {
  readonly signature: Buffer;
  readonly signed: Signed;
  /** The signing certificate; undefined where a bare key signed. */
  readonly certificate: Certificate | undefined;
  readonly entries: readonly AttachedEntry[];
  /** What a time stamp must be over: the signature, or the envelope that holds it. */
  readonly stamped: Uint8Array;
  /** RFC 3161 time stamp responses, DER. */
  readonly timestamps: readonly Buffer[];
  /** Whether an entry must prove its inclusion; older formats could rest on the promise alone. */
  readonly proofRequired: boolean;
}
