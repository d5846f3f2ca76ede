/** One file of notation-envelopes and what it must come to. */
export interface EnvelopeRow {
  readonly file: string;
  readonly artifact: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly expected: string;
  readonly because: string;
}

const manifest = (digest: string, size: number) => ({
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  digest: `sha256:${digest}`,
  size,
});
const MOCK = manifest('60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e', 528);
const PLUGIN = manifest('fe7e9333395060c2f5e63cf36a38fba10176f183b4163a5794e081a480abba5f', 942);
const METADATA = manifest('5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b', 942);
export const STAMPED = manifest('c0669ef34cdc14332c0f1ab0c2c01acb91d96014b172f1a76f3a39e63d1f0bda', 528);

const row = (file: string, artifact: EnvelopeRow['artifact'], expected: string, because: string): EnvelopeRow => ({
  ...{ file, artifact, expected, because },
});

/** The expected results are those of notation-go with each sample's own root trusted; where we differ the reason says why. */
export const ENVELOPES: readonly EnvelopeRow[] = (
  [
    ['mock/ca_valid_sig_env.json', MOCK, 'accepted', 'two certificates, expires in 2120'],
    ['mock/sa_valid_sig_env.json', MOCK, 'accepted', 'signing authority, expires in 2120'],
    ['mock/ca_expired_sig_env.json', MOCK, 'rejected signature-expired', 'expired in July 2022'],
    ['mock/sa_expired_sig_env.json', MOCK, 'rejected signature-expired', 'expired in July 2022'],
    [
      'mock/ca_invalid_sig_env.json',
      MOCK,
      'rejected malformed',
      'the signature was altered: its last character spells no bytes',
    ],
    ['mock/sa_invalid_sig_env.json', MOCK, 'rejected malformed', 'the same under the other scheme'],
    ['mock/ca_plugin_sig_env.json', MOCK, 'rejected plugin-required', 'demands a plugin we do not know'],
    ['mock/sa_plugin_sig_env.json', MOCK, 'rejected plugin-required', 'demands a plugin we do not know'],
    ...['0.0.9', '1.0.0', '1.0.0-alpha', '1.0.0-alpha.beta'].map(
      (version) =>
        [
          `mock/ca_compatible_pluginver_sig_env_${version}.json`,
          PLUGIN,
          'rejected plugin-required',
          'notation-go accepts with the mock plugin installed; whoever has not its logic must refuse',
        ] as const,
    ),
    ...['1.0.1', '1.0.9', '1.1.0-alpha', '1.2.3'].map(
      (version) =>
        [
          `mock/ca_incompatible_pluginver_sig_env_${version}.json`,
          PLUGIN,
          'rejected plugin-required',
          'demands a newer plugin than notation-go has',
        ] as const,
    ),
    [
      'mock/sig_env_with_metadata.json',
      METADATA,
      'rejected certificate-not-valid',
      'a certificate of one day in 2023, no time stamp',
    ],
    ['timestamp/sigEnv/withoutTimestamp.sig', STAMPED, 'accepted', 'the certificate is valid until 2033'],
    [
      'timestamp/sigEnv/jwsWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'good, and GlobalSign cannot be asked',
    ],
    [
      'timestamp/sigEnv/coseWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'good, and GlobalSign cannot be asked',
    ],
    [
      'timestamp/sigEnv/jwsExpiredWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'stamped within ten minutes of validity',
    ],
    [
      'timestamp/sigEnv/coseExpiredWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'stamped within ten minutes of validity',
    ],
    [
      'timestamp/sigEnv/timestampAfterNotAfter.sig',
      STAMPED,
      'rejected certificate-not-valid',
      'stamped after the certificate ended',
    ],
    [
      'timestamp/sigEnv/timestampBeforeNotBefore.sig',
      STAMPED,
      'rejected certificate-not-valid',
      'stamped before the certificate began',
    ],
  ] as const
).map(([file, artifact, expected, because]) => row(file, artifact, expected, because));

/** Time stamp tokens over `notation`. `says`: what the refusal must say; the one without is right. */
export const COUNTERSIGNATURES: readonly { readonly file: string; readonly says?: RegExp; readonly because: string }[] =
  [
    { file: 'timestamp/countersignature/TimeStampToken.p7s', because: 'over its message and over no other' },
    {
      file: 'timestamp/countersignature/TimeStampTokenWithoutCertificate.p7s',
      says: /the certificate of its signer is missing/,
      because: 'whoever signed it is not there',
    },
    {
      file: 'timestamp/countersignature/TimeStampTokenWithInvalideContentType.p7s',
      says: /not a time stamp/,
      because: 'signed data of another kind',
    },
    {
      file: 'timestamp/countersignature/TimeStampTokenWithInvalidTSTInfo.p7s',
      says: /DER: tag 30 where 18 belongs/,
      because: 'its content is no time stamp',
    },
  ];
