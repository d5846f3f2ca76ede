import type { Material, Row } from './row.ts';

const root = (name: string) => `bundle:signed-samples/trust/${name}.json`;
const KEY = 'key:signed-samples/keys/cosign.pub';
const WRONG_ROOTS = [
  ['trusted-root-wrongrekor', 'untrusted-log', 'the root has another log'],
  ['trusted-root-noct', 'no-certificate-timestamp', 'the root has no certificate transparency log'],
  ['trusted-root-notsa', 'bad-timestamp', 'the root has no time stamping authority, and Rekor v2 vouches for no time'],
] as const;
const row = (file: string, by: string, expected: string, because: string): Row => ({
  file: `bundles/${file}`,
  by,
  expected,
  because,
});

/** The single layers of the referrers in the layouts, by themselves. Which image they are about is decided with the layouts. */
export const SIGNED_BUNDLES: readonly Row[] = [
  ...['attonly.0.provenance-v1', 'bundle.0.provenance-v1', 'bundle.1.spdxdev-Document', 'bundle.2.sign-v1'].map(
    (name) => row(`${name}.sigstore.json`, KEY, 'verified', 'signed by the key, no log is demanded'),
  ),
  row(
    'transplant.0.x.sigstore.json',
    KEY,
    'verified',
    'a good bundle; that it hangs on another image is found with the layout',
  ),
  row('wrongkey.0.sign-v1.sigstore.json', KEY, 'bad-signature', 'signed by another key'),
  row('keytlog.0.sign-v1.sigstore.json', KEY, 'verified', 'signed by the key, no log is demanded'),
  row(
    'keytlog.0.sign-v1.sigstore.json',
    `${KEY}|signed-samples/trust/trusted-root.json`,
    'verified',
    'signed by the key and logged',
  ),
  row(
    'keytlog.0.sign-v1.sigstore.json',
    `${KEY}|signed-samples/trust/trusted-root-wrongrekor.json`,
    'untrusted-log',
    'logged elsewhere',
  ),
  row(
    'bundle.2.sign-v1.sigstore.json',
    `${KEY}|signed-samples/trust/trusted-root.json`,
    'no-log-entry',
    'not logged, and a log is demanded',
  ),
  ...['keyless.0.sign-v1', 'keylessgh.0.sign-v1', 'keylessgh.1.provenance-v1', 'keylessgh.2.spdxdev-Document'].flatMap(
    (name) => [
      row(`${name}.sigstore.json`, root('trusted-root'), 'verified', 'certificate, SCT, Rekor v2 and time stamp'),
      ...WRONG_ROOTS.map(([wrong, expected, because]) => row(`${name}.sigstore.json`, root(wrong), expected, because)),
    ],
  ),
  ...['keylesstsa.0.sign-v1', 'noct.0.sign-v1'].map((name) =>
    row(`${name}.sigstore.json`, root('trusted-root'), 'no-log-entry', 'not logged, and a log is demanded'),
  ),
  ...['r1bundle.0.provenance-v1', 'r1bundle.1.sign-v1'].flatMap((name) => [
    row(`${name}.sigstore.json`, root('trusted-root-rekor1'), 'verified', 'logged in Rekor v1'),
    row(`${name}.sigstore.json`, root('trusted-root'), 'untrusted-log', 'the root has another log'),
  ]),
  ...[
    'notcose.0.notation.cose',
    'notexpired.0.notation.jws',
    'notexpiredtsa.0.notation.jws',
    'notjws.0.notation.jws',
    'notself.0.notation.jws',
  ].map((name) =>
    row(
      name,
      KEY,
      'malformed',
      'a Notary Project envelope is no Sigstore bundle; as one it is decided with its layout',
    ),
  ),
  ...[
    'trusted-root',
    'trusted-root-fulcio-tsa',
    'trusted-root-noct',
    'trusted-root-notsa',
    'trusted-root-rekor1',
    'trusted-root-wrongrekor',
  ].map((name) => ({
    file: `trust/${name}.json`,
    by: 'root:',
    expected: 'usable',
    because: 'a trusted root; what it lacks it does not trust',
  })),
  ...['sc-full', 'sc-noct', 'sc-none', 'sc-notlog', 'sc-rekor1'].map((name) => ({
    file: `trust/${name}.json`,
    by: 'root:',
    expected: 'trust-root-unusable',
    because: 'a signing configuration is no trusted root',
  })),
];

export const SIGNED_MATERIAL: readonly Material[] = [
  { files: /^layouts\//, because: 'images, each layout decided as a whole in test/cli/verify-samples.test.ts' },
  {
    files: /^(keys\/|trust\/(?:ctfe|rekor1?)\.pub$|trust\/(?:fulcio|tsa)\.pem$)/,
    because: 'keys and certificates, all of them parts of the trusted roots',
  },
  { files: /^notation\//, because: 'certificates of signers and the trust store, used with the layouts' },
  { files: /^predicates\//, because: 'what was put into the statements' },
  { files: /^README\.md$/, because: 'the expected results of the layouts in words' },
];
