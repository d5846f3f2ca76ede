import { type Certificate, isAuthority, parseCertificate } from '../certificate.ts';
import { isSelfSigned } from './certificate-rules.ts';
import { asNotationError, NotationError } from './errors.ts';
import type { StoreReference, StoreType } from './trust-policy.ts';

/** The named stores of a trust store folder: certificates by `type:name`. */
export type TrustStores = ReadonlyMap<string, readonly Certificate[]>;

const STORE_FILE = /^truststore\/x509\/(ca|signingAuthority|tsa)\/([a-zA-Z0-9_.-]+)\/[^/]+\.(?:pem|crt|cer)$/;
const LARGEST_FILE = 1024 * 1024;
const MOST_FILES = 1000;
const MOST_CERTIFICATES = 200;

export function storeKey({ type, name }: { type: StoreType; name: string }): string {
  return `${type}:${name}`;
}

/**
 * Reads the trust store of a Notation configuration folder: its files by path under the folder, with `/` between names. Other files and deeper folders are passed over
 * (trust-store-trust-policy.md, Trust Store); links are the reader's to refuse. Every file must hold certificates of authorities, or signing certificates that signed
 * themselves; `tsa` takes self-signed authorities only. Throws `bad-trust-store`.
 */
export function readTrustStores(files: ReadonlyMap<string, Uint8Array>): TrustStores {
  if (files.size > MOST_FILES) throw new NotationError('bad-trust-store', `more than ${MOST_FILES} files`);
  const stores = new Map<string, Certificate[]>();
  for (const [path, bytes] of files) {
    const [, type, name] = STORE_FILE.exec(path) ?? [];
    if (type !== 'ca' && type !== 'signingAuthority' && type !== 'tsa') continue;
    if (name === undefined || /^\.+$/.test(name)) continue;
    const certificates = readCertificates(path, bytes);
    for (const certificate of certificates) expectAnchor(certificate, type, path);
    const key = storeKey({ type, name });
    stores.set(key, [...(stores.get(key) ?? []), ...certificates]);
  }
  return stores;
}

/** The certificates of the stores of one type that a policy names; a store that is not there or is empty makes the policy unusable. Throws `bad-trust-store`. */
export function anchorsOf(stores: TrustStores, references: readonly StoreReference[], type: StoreType): Certificate[] {
  return references
    .filter((reference) => reference.type === type)
    .flatMap((reference) => {
      const certificates = stores.get(storeKey(reference)) ?? [];
      if (certificates.length === 0) throw bad(storeKey(reference), 'it has no certificates');
      return certificates;
    });
}

function expectAnchor(certificate: Certificate, type: StoreType, path: string): void {
  const selfSigned = isSelfSigned(certificate);
  if (!isAuthority(certificate) && !selfSigned) {
    throw bad(path, 'neither an authority nor a self-signed signing certificate');
  }
  if (type === 'tsa' && !(isAuthority(certificate) && selfSigned)) {
    throw bad(path, 'time stamping stores take self-signed authorities only');
  }
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

function readCertificates(path: string, bytes: Uint8Array): readonly Certificate[] {
  if (bytes.length > LARGEST_FILE) throw bad(path, 'larger than 1 MiB');
  const encoded = bytes[0] === 0x30 ? [bytes] : readPem(path, Buffer.from(bytes).toString('latin1'));
  if (encoded.length === 0 || encoded.length > MOST_CERTIFICATES) throw bad(path, 'no certificate, or too many');
  try {
    return encoded.map((der) => parseCertificate(der));
  } catch (thrown) {
    throw bad(path, asNotationError(thrown, 'bad-trust-store').message);
  }
}

/** Every PEM block must be a certificate: a key beside it, or a block cut short, is a mistake and not to be passed over. */
function readPem(path: string, text: string): readonly Uint8Array[] {
  const blocks = [...text.matchAll(PEM)].map(([, body = '']) => Buffer.from(body, 'base64'));
  if (blocks.length !== text.split('-----BEGIN').length - 1) throw bad(path, 'something in it is not a certificate');
  return blocks;
}

function bad(where: string, message: string): NotationError {
  return new NotationError('bad-trust-store', `the trust store ${JSON.stringify(where.slice(0, 200))}: ${message}`);
}
