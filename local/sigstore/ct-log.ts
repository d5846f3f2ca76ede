import { createHash, sign } from 'node:crypto';
import { generateEcKey, type KeyPair } from './certificates.ts';

/** A certificate transparency log that only promises: it signs timestamps for precertificates and keeps no tree. */
export interface CtLog {
  readonly keys: KeyPair;
  /** SHA-256 of the public key (RFC 6962 section 3.2). */
  readonly logId: Buffer;
  /** The SignedCertificateTimestampList (RFC 6962 section 3.3) over a TBS certificate without it. */
  timestampCertificate(tbs: Buffer, issuerSpki: Buffer, now: number): Buffer;
}

export function createCtLog(): CtLog {
  const keys = generateEcKey();
  const logId = createHash('sha256').update(keys.spki).digest();
  return {
    keys,
    logId,
    timestampCertificate: (tbs, issuerSpki, now) => {
      const issuerKeyHash = createHash('sha256').update(issuerSpki).digest();
      // digitally-signed struct of RFC 6962 section 3.2: v1, certificate_timestamp, time, precert_entry, issuer key hash, TBS, no extensions
      const signed = Buffer.concat([
        Buffer.from([0, 0]),
        uint(now, 8),
        uint(1, 2),
        issuerKeyHash,
        uint(tbs.length, 3),
        tbs,
        uint(0, 2),
      ]);
      const signature = sign('sha256', signed, keys.privateKey);
      // hash algorithm 4 = SHA-256, signature algorithm 3 = ECDSA
      const sct = Buffer.concat([
        Buffer.from([0]),
        logId,
        uint(now, 8),
        uint(0, 2),
        Buffer.from([4, 3]),
        uint(signature.length, 2),
        signature,
      ]);
      return Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
    },
  };
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}
