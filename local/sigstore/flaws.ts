/**
 * What can be wrong with a signature while the rest of it is right. Each switch makes one thing wrong that a verifier has to notice,
 * so that every rule has its negative case.
 */
export interface Flaws {
  /** The log entry names the certificate (or key) of somebody else. */
  readonly logKeyMismatch?: boolean;
  /** The log entry names no key at all. */
  readonly logKeyEmpty?: boolean;
  /** The log entry is about another signature. */
  readonly logEntryOfOtherSignature?: boolean;
  /** The log entry is about another payload. */
  readonly logEntryOfOtherPayload?: boolean;
  /** The log is not the one of the trusted root, though it bears its id. */
  readonly untrustedLog?: boolean;
  /** One hash of the inclusion proof is wrong (or one too many, where the tree has a single leaf). */
  readonly brokenInclusionProof?: boolean;
  /** The signed entry timestamp of a v1 entry is not the log's. */
  readonly brokenEntryTimestamp?: boolean;
  /** The same log entry twice, to look like two. */
  readonly duplicateLogEntry?: boolean;
  /** The certificate has no embedded SCT. */
  readonly missingSct?: boolean;
  /** The embedded SCT was given for other bytes. */
  readonly sctOfOtherCertificate?: boolean;
  /** The embedded SCT comes from a log outside the trusted root. */
  readonly untrustedCtLog?: boolean;
  /** The certificate has no extended key usage. */
  readonly missingEku?: boolean;
  /** The certificate is for TLS servers. */
  readonly wrongEku?: boolean;
  /** The leaf claims to be a certificate authority. */
  readonly leafIsAuthority?: boolean;
  /** The certificate has a critical extension nobody knows. */
  readonly unknownCriticalExtension?: boolean;
  /** The certificate comes from an authority of the same name outside the trusted root. */
  readonly untrustedAuthority?: boolean;
  /** The RFC 3161 timestamp covers other bytes than the signature. */
  readonly timestampOverOtherBytes?: boolean;
  /** The RFC 3161 timestamp comes from an authority of the same name outside the trusted root. */
  readonly untrustedTimestampAuthority?: boolean;
  /** The signature was made and logged an hour after the certificate was issued. */
  readonly expired?: boolean;
  /** The statement is about another digest. */
  readonly wrongSubject?: boolean;
  /** The payload was altered after it was signed. */
  readonly alteredPayload?: boolean;
  /** The signature was made with another key than the certificate's. */
  readonly wrongSignature?: boolean;
}
