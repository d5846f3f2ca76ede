import { describe, expect, test } from 'vitest';
import { readTrustStores } from '../../../../lambdas/core/signature/notation/trust-store.ts';
import { issue, issueChain, leafExtensions } from '../../../support/notation-kit.ts';
import { thrownBy } from '../../../support/thrown.ts';

const toPem = (certificate: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;

describe('a trust store', () => {
  const { root, intermediate, leaf } = issueChain();
  const storesWith = (path: string, bytes: Buffer | string) => readTrustStores(new Map([[path, Buffer.from(bytes)]]));

  test('is read from PEM and DER, several certificates to a file', () => {
    const stores = readTrustStores(
      new Map<string, Uint8Array>([
        [
          'truststore/x509/ca/acme/a.pem',
          Buffer.from(`text\n${toPem(root.certificate)}${toPem(intermediate.certificate)}`),
        ],
        ['truststore/x509/ca/acme/b.cer', root.certificate],
        ['truststore/x509/signingAuthority/sa/b.crt', root.certificate],
        ['truststore/x509/ca/acme/sub/c.pem', Buffer.from('ignored')],
        ['truststore/x509/ca/acme/notes.txt', Buffer.from('ignored')],
        ['truststore/x509/other/acme/c.pem', Buffer.from('ignored')],
        ['elsewhere/truststore/x509/ca/acme/c.pem', Buffer.from('ignored')],
      ]),
    );

    expect([...stores].map(([key, certificates]) => [key, certificates.length])).toEqual([
      ['ca:acme', 3],
      ['signingAuthority:sa', 1],
    ]);
  });

  test.each<[string, string, Buffer | string]>([
    ['a leaf', 'ca/a/a.crt', leaf.certificate],
    ['nothing', 'ca/a/a.pem', ''],
    ['a key', 'ca/a/a.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    [
      'a certificate and a key',
      'ca/a/a.pem',
      `${toPem(root.certificate)}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
    ],
    ['a certificate cut short', 'ca/a/a.pem', toPem(root.certificate).slice(0, -40)],
    ['no certificate in PEM', 'ca/a/a.pem', toPem(Buffer.from('hello'))],
    ['DER cut short', 'ca/a/a.crt', root.certificate.subarray(0, 100)],
    ['an intermediate for time stamps', 'tsa/a/a.crt', intermediate.certificate],
    ['a self-signed leaf for time stamps', 'tsa/a/a.crt', issue({ extensions: leafExtensions() }).certificate],
    ['too much', 'ca/a/a.pem', toPem(root.certificate).repeat(201)],
    ['a huge file', 'ca/a/a.pem', ' '.repeat(1024 * 1024 + 1)],
  ])('with %s is refused', (_what, path, bytes) => {
    expect(thrownBy(() => storesWith(`truststore/x509/${path}`, bytes))).toEqual(
      expect.objectContaining({ code: 'bad-trust-store' }),
    );
  });

  test('of a thousand files and more is refused', () => {
    const files = new Map(Array.from({ length: 1001 }, (_, at) => [`file${at}`, Buffer.of()] as const));

    expect(thrownBy(() => readTrustStores(files))).toEqual(expect.objectContaining({ code: 'bad-trust-store' }));
  });

  test('may hold a signing certificate that signed itself', () => {
    const stores = storesWith('truststore/x509/ca/self/a.crt', issue({}).certificate);

    expect(stores.get('ca:self')).toHaveLength(1);
  });
});
