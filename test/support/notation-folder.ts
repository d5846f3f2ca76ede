import { readFileSync } from 'node:fs';
import { makeFolder } from './temporary-folder.ts';

/** A strict statement for every repository that trusts the store `ca:acme` with one identity. */
export function signedBy(identity: string) {
  return {
    name: 'acme',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:acme'],
    trustedIdentities: [identity],
  };
}

/** A configuration folder as Notation keeps it, with these statements and these certificates: `ca/acme/ca.crt` to a path or the file's bytes. */
export function writeNotationFolder(
  statements: readonly object[],
  stores: Readonly<Record<string, string | Uint8Array>>,
): string {
  const certificates = Object.entries(stores).map(([path, source]): [string, Uint8Array] => [
    `truststore/x509/${path}`,
    typeof source === 'string' ? readFileSync(source) : source,
  ]);
  return makeFolder({
    'trustpolicy.json': JSON.stringify({ version: '1.0', trustPolicies: statements }),
    ...Object.fromEntries(certificates),
  });
}
