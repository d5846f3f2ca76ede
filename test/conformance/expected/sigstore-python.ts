import type { Material, Row } from './row.ts';

/** Most of the set is of Sigstore's staging instance, whose root is part of tsa/trust_config.json. */
const STAGING = 'bundle:sigstore-python/tsa/trust_config.json#trustedRoot';
const PUBLIC = 'bundle:sigstore-roots/public-good.trusted_root.json';
const NOT_A_ROOT = 'a document of another type is no trusted root';

export const SIGSTORE_PYTHON: readonly Row[] = [
  ...[
    'bundle.txt.sigstore',
    'bundle_v3.txt.sigstore',
    'bundle_v3_alt.txt.sigstore',
    'integration/bundle_v3.txt.sigstore',
  ].map((file) => ({ file, by: STAGING, expected: 'verified', because: 'signed and logged at the staging instance' })),
  ...['bundle.txt.sigstore', 'bundle_v3.txt.sigstore', 'bundle_v3_alt.txt.sigstore'].map((file) => ({
    file,
    by: PUBLIC,
    expected: 'untrusted-log',
    because: 'the public root does not know the log of the staging instance',
  })),
  {
    file: 'bundle_v3_github.whl.sigstore',
    by: PUBLIC,
    expected: 'verified',
    because: 'signed by a GitHub workflow at the public instance',
  },
  {
    file: 'bundle_v3_github.whl.sigstore',
    by: STAGING,
    expected: 'untrusted-log',
    because: 'of the public instance, and the staging one is trusted',
  },
  {
    file: 'bundle_cve_2022_36056.txt.sigstore',
    by: STAGING,
    expected: 'log-entry-mismatch',
    because: 'CVE-2022-36056: the log entry is of another signature',
  },
  {
    file: 'bundle_invalid_version.txt.sigstore',
    by: STAGING,
    expected: 'unsupported',
    because: 'its media type is no version of a bundle',
  },
  {
    file: 'bundle_no_cert_v1.txt.sigstore',
    by: STAGING,
    expected: 'malformed',
    because: 'its certificate chain is empty',
  },
  {
    file: 'bundle_no_checkpoint.txt.sigstore',
    by: STAGING,
    expected: 'bad-inclusion-proof',
    because: 'from version 0.2 on a proof needs its checkpoint: without one the root hash is anybody’s',
  },
  { file: 'bundle_no_checkpoint.txt.bundle', by: STAGING, expected: 'malformed', because: 'an empty file' },
  {
    file: 'bundle_no_log_entry.txt.sigstore',
    by: STAGING,
    expected: 'no-log-entry',
    because: 'no log entry is attached',
  },
  {
    file: 'bundle_v3_no_signed_time.txt.sigstore.json',
    by: PUBLIC,
    expected: 'no-signed-time',
    because: 'a proof without a promise and without a time stamp vouches for no time',
  },
  {
    file: 'a.dsse.staging-rekor-v2.txt.sigstore.json',
    by: STAGING,
    expected: 'untrusted-log',
    because: 'of a Rekor v2 log that is younger than the staging root at hand',
  },
  {
    file: 'staging-rekor-v2.txt.sigstore.json',
    by: STAGING,
    expected: 'untrusted-log',
    because: 'of a Rekor v2 log that is younger than the staging root at hand',
  },
  {
    file: 'integration/Python-3.12.5.tgz.sigstore',
    by: PUBLIC,
    expected: 'log-entry-mismatch',
    because: 'the archive is not in the set: over any other bytes it must be refused',
  },
  {
    file: 'tsa/bundle.txt.sigstore',
    by: `${STAGING}|sigstore-python/tsa/bundle.txt`,
    expected: 'bad-timestamp',
    because:
      'its second time stamp is over other bytes. sigstore-python counts the first and accepts; here what is attached must not be wrong',
  },
  {
    file: 'tsa/bundle.duplicate.sigstore',
    by: `${STAGING}|sigstore-python/tsa/bundle.txt`,
    expected: 'bad-timestamp',
    because: 'one time stamp stands twice in it',
  },
  {
    file: 'tsa/bundle.many_timestamp.sigstore',
    by: `${STAGING}|sigstore-python/tsa/bundle.txt`,
    expected: 'malformed',
    because: 'more time stamps than are read',
  },
  {
    file: 'tsa/bundle.txt.late_timestamp.sigstore',
    by: `${STAGING}|sigstore-python/tsa/bundle.txt`,
    expected: 'untrusted-certificate',
    because: 'its authority is younger than the staging root at hand; under its own root the stamp would be too late',
  },
  ...['a.txt', 'b.txt', 'c.txt', 'bad.txt', 'bundle.txt', 'bundle_no_checkpoint.txt', 'offline-rekor.txt']
    .filter((name) => name !== 'bundle_no_checkpoint.txt')
    .map((name) => ({
      file: `${name}.crt`,
      by: STAGING.replace('bundle:', 'detached:'),
      expected: 'no-log-entry',
      because:
        'certificate and signature beside a file, and nothing that says when: the log was asked on line in those days',
    })),
  {
    file: 'bundle_no_checkpoint.txt.crt',
    by: STAGING.replace('bundle:', 'detached:'),
    expected: 'malformed',
    because: 'an empty file',
  },
  {
    file: 'tsa/issue1482-timestamp-with-no-cert',
    by: `timestamp:sigstore-python/tsa/trust_config.json#trustedRoot|sigstore-python/tsa/issue1482-message`,
    expected: 'passed over',
    because: 'by an authority outside the root; that it has no certificate with it does not matter',
  },
  { file: 'trusted_root/trustedroot.v1.json', by: 'root:', expected: 'usable', because: 'the public root of its day' },
  {
    file: 'trusted_root/trustedroot.v1.local_tlog_ed25519_rekor-tiles.json',
    by: 'root:',
    expected: 'usable',
    because: 'a log with an Ed25519 key',
  },
  {
    file: 'trusted_root/trustedroot.badtype.json',
    by: 'root:',
    expected: 'trust-root-unusable',
    because: 'its media type is wrong',
  },
  ...['certificate_authority.json', 'certificate_authority.empty.json', 'certificate_authority.missingroot.json'].map(
    (file) => ({
      file: `trusted_root/${file}`,
      by: 'root:',
      expected: 'trust-root-unusable',
      because: 'a certificate authority by itself is no trusted root',
    }),
  ),
  ...[
    'trust_config/config.v1.json',
    'trust_config/config.badtype.json',
    'tsa/trust_config.json',
    'tsa/ca.json',
    'signing_config/signingconfig.v2.json',
    'signing_config/signingconfig-only-v1-rekor.v2.json',
  ].map((file) => ({ file, by: 'root:', expected: 'trust-root-unusable', because: NOT_A_ROOT })),
  {
    file: 'x509/bogus-leaf.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'accepted',
    because: 'for signing code, under the root',
  },
  {
    file: 'x509/bogus-leaf-missing-eku.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'certificate-usage',
    because: 'no extended key usage',
  },
  {
    file: 'x509/bogus-leaf-invalid-eku.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'certificate-usage',
    because: 'for something else than signing code',
  },
  {
    file: 'x509/bogus-leaf-invalid-ku.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'certificate-usage',
    because: 'not for digital signatures',
  },
  {
    file: 'x509/bogus-intermediate.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'certificate-usage',
    because: 'an authority signs no images',
  },
  {
    file: 'x509/bogus-intermediate-with-eku.pem',
    by: 'certificate:bogus-root.pem',
    expected: 'certificate-usage',
    because: 'an authority signs no images, whatever its usages say',
  },
  { file: 'x509/bogus-root.pem', by: 'authority:bogus-leaf.pem', expected: 'accepted', because: 'an authority' },
  {
    file: 'x509/bogus-root-missing-ku.pem',
    by: 'authority:bogus-leaf.pem',
    expected: 'untrusted-certificate',
    because: 'may not sign certificates: no key usage',
  },
  {
    file: 'x509/bogus-root-invalid-ku.pem',
    by: 'authority:bogus-leaf.pem',
    expected: 'untrusted-certificate',
    because: 'may not sign certificates: another key usage',
  },
  {
    file: 'x509/bogus-root-noncritical-bc.pem',
    by: 'authority:bogus-leaf.pem',
    expected: 'untrusted-certificate',
    because: 'the basic constraints of an authority are critical (RFC 5280 section 4.2.1.9)',
  },
];

export const SIGSTORE_PYTHON_MATERIAL: readonly Material[] = [
  { files: /^(integration\/|tsa\/)?[\w.-]+\.(txt|whl)$/, because: 'a file that was signed' },
  { files: /^[\w.-]+\.sig$/, because: 'the signature that belongs to the .crt beside it' },
  { files: /^tsa\/issue1482-message$/, because: 'what the time stamp beside it is said to be over' },
];
