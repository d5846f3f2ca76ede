import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { encodeDer, readChildren, readDer, TAG } from './der.ts';
import { SignatureError } from './errors.ts';
import { verifyWithHash } from './keys.ts';
import { isWithin, type TrustRoot } from './trust-root.ts';

const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';
const MOST_TIMESTAMPS = 16;

interface SignedCertificateTimestamp {
  readonly logId: Buffer;
  readonly timestamp: bigint;
  readonly extensions: Buffer;
  readonly signature: Buffer;
}

/**
 * Verifies that a trusted certificate transparency log promised to publish the certificate (RFC 6962 section 3.2, embedded SCTs). Returns the host of the log.
 * SCTs of unknown logs are passed over; one by a known log that does not verify is an error. Throws `no-certificate-timestamp` or `bad-certificate-timestamp`.
 */
export function verifyCertificateTimestamp(certificate: Certificate, issuer: Certificate, root: TrustRoot): string {
  const extension = certificate.extensions.get(SCT_LIST);
  if (extension === undefined) throw new SignatureError('no-certificate-timestamp', 'the certificate carries no SCT');
  const entry = encodePrecertificate(certificate, issuer);
  let known: string | undefined;
  for (const sct of readTimestamps(readDer(extension.value, TAG.octetString).body)) {
    const log = root.certificateLogs.get(sct.logId.toString('base64'));
    if (log === undefined || !isWithin(Number(sct.timestamp), log.validity)) continue;
    if (!verifyWithHash(log.key, 'sha256', encodeSigned(sct, entry), sct.signature)) {
      throw new SignatureError('bad-certificate-timestamp', `the SCT of ${log.host} does not verify`);
    }
    known ??= log.host;
  }
  if (known === undefined)
    throw new SignatureError('no-certificate-timestamp', 'no SCT is by a log of the trusted root');
  return known;
}

/** SignedCertificateTimestampList in TLS presentation (RFC 6962 section 3.3). */
function readTimestamps(list: Uint8Array): readonly SignedCertificateTimestamp[] {
  const reader = new TlsReader(list);
  const items = new TlsReader(reader.readVector());
  reader.expectEnd();
  const timestamps: SignedCertificateTimestamp[] = [];
  while (!items.atEnd()) {
    const sct = new TlsReader(items.readVector());
    if (sct.readBytes(1)[0] !== 0) throw new SignatureError('malformed', 'an SCT of an unknown version');
    const logId = sct.readBytes(32);
    const timestamp = sct.readBytes(8).readBigUInt64BE();
    const extensions = sct.readVector();
    const [hash, algorithm] = sct.readBytes(2);
    if (hash !== 4 || (algorithm !== 3 && algorithm !== 1))
      throw new SignatureError('unsupported', 'an SCT with an unknown signature algorithm');
    timestamps.push({ logId, timestamp, extensions, signature: sct.readVector() });
    sct.expectEnd();
    if (timestamps.length > MOST_TIMESTAMPS) throw new SignatureError('too-large', 'more than 16 SCTs');
  }
  return timestamps;
}

/** The PreCert entry: hash of the issuer's key, and TBSCertificate without the SCT list (RFC 6962 section 3.2). */
function encodePrecertificate(certificate: Certificate, issuer: Certificate): Buffer {
  const fields = certificate.tbsFields.map((field) => {
    if (field.tag !== 0xa3) return field.whole;
    const kept = [...certificate.extensions].filter(([oid]) => oid !== SCT_LIST).map(([, { whole }]) => whole);
    const [sequence] = readChildren(field);
    if (sequence === undefined) throw new SignatureError('malformed', 'empty extensions');
    return encodeDer(0xa3, encodeDer(TAG.sequence, Buffer.concat(kept)));
  });
  const tbs = encodeDer(TAG.sequence, Buffer.concat(fields));
  const keyHash = createHash('sha256').update(issuer.spki).digest();
  return Buffer.concat([keyHash, encodeUint(tbs.length, 3), tbs]);
}

function encodeSigned(sct: SignedCertificateTimestamp, entry: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(sct.timestamp, 2);
  head.writeUInt16BE(1, 10);
  return Buffer.concat([head, entry, encodeUint(sct.extensions.length, 2), sct.extensions]);
}

function encodeUint(value: number, octets: number): Buffer {
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntBE(value, 0, octets);
  return bytes;
}

class TlsReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  readBytes(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new SignatureError('malformed', 'an SCT list cut short');
    const read = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return read;
  }

  readVector(): Buffer {
    return this.readBytes(this.readBytes(2).readUInt16BE());
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  expectEnd(): void {
    if (!this.atEnd()) throw new SignatureError('malformed', 'bytes after an SCT');
  }
}
