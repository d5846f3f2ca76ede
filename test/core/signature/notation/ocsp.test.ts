import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../../lambdas/core/signature/certificate.ts';
import { readDer } from '../../../../lambdas/core/signature/der.ts';
import { buildOcspRequest } from '../../../../lambdas/core/signature/notation/revocation/ocsp-request.ts';
import { extension } from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { acmeName, HOUR, issue, issueChain, issueRoot, NOW, ocspAt } from '../../../support/notation-kit.ts';
import { network, OCSP_URL, statusOf } from '../../../support/notation-network.ts';
import {
  answerOcsp,
  invalidityDate,
  type OcspOptions,
  responderExtensions,
} from '../../../support/notation-responders.ts';

const chain = issueChain({ leaf: { more: [ocspAt(OCSP_URL)] } });
const { leaf, intermediate } = chain;

const byOcsp = async (options: OcspOptions, signedAt?: number) =>
  (await statusOf(chain, network({ [OCSP_URL]: answerOcsp(leaf, intermediate, options) }), signedAt)).kind;

describe('an OCSP response', () => {
  const responder = issue({ issuer: intermediate, name: acmeName('Responder'), extensions: responderExtensions() });
  const delegate = (
    options: Parameters<typeof responderExtensions>[0],
    more: Partial<Parameters<typeof issue>[0]> = {},
  ) => issue({ issuer: intermediate, name: acmeName('Responder'), extensions: responderExtensions(options), ...more });

  test.each<[string, OcspOptions, string]>([
    ['good of the issuer', {}, 'ok'],
    ['good of the issuer by its key', { byKey: true }, 'ok'],
    ['good of a delegate', { signer: responder }, 'ok'],
    [
      'good of a delegate with a further extension',
      { signer: delegate({}, { more: [extension('1.2.3', der.integer(1))] }) },
      'ok',
    ],
    ['good with a further extension', { singleExtensions: [extension('1.2.3', der.integer(1))] }, 'ok'],
    [
      'good with a critical date of invalidity',
      { singleExtensions: [extension('2.5.29.24', der.generalizedTime(NOW), true)] },
      'ok',
    ],
    ['good with a nonce nobody sent', { nonce: Buffer.alloc(16, 1) }, 'ok'],
    ['good of another type of response', { responseType: '1.3.6.1.5.5.7.48.1.9' }, 'unknown'],
    ['revoked', { status: 'revoked' }, 'revoked'],
    ['revoked of a delegate', { status: 'revoked', signer: responder }, 'revoked'],
    ['unknown', { status: 'unknown' }, 'unknown'],
    ['of a delegate for something else', { signer: delegate({ purpose: '1.3.6.1.5.5.7.3.3' }) }, 'unknown'],
    ['of a delegate that might be revoked', { signer: delegate({ noCheck: false }) }, 'unknown'],
    ['of a delegate that ended', { signer: delegate({}, { notAfter: NOW - 1 }) }, 'unknown'],
    ['of a delegate that has not begun', { signer: delegate({}, { notBefore: NOW + HOUR }) }, 'unknown'],
    [
      'of a delegate with an unknown critical extension',
      { signer: delegate({}, { more: [extension('1.2.3', der.integer(1), true)] }) },
      'unknown',
    ],
    ['of a delegate of another authority', { signer: delegate({}, { issuer: chain.root }) }, 'unknown'],
    ['of a delegate that is not attached', { signer: responder, attached: [] }, 'unknown'],
    ['of another authority of the same name', { signer: issueRoot({ name: intermediate.name }) }, 'unknown'],
    ['of somebody', { signer: issueRoot() }, 'unknown'],
    ['with another key', { keys: chain.root.keys }, 'unknown'],
    ['of a delegate with another key', { signer: responder, keys: chain.root.keys }, 'unknown'],
    ['about another certificate', { about: issue({ issuer: intermediate }) }, 'unknown'],
    ['about the certificate twice', { repeated: true }, 'unknown'],
    ['that ended', { nextUpdate: NOW - 1000 }, 'unknown'],
    ['without an end', { nextUpdate: undefined }, 'unknown'],
    ['of the future', { thisUpdate: NOW + HOUR }, 'unknown'],
    ['made in the future', { producedAt: NOW + HOUR }, 'unknown'],
    ['with an unknown critical extension', { extensions: [extension('1.2.3', der.integer(1), true)] }, 'unknown'],
    [
      'with an unknown critical extension of the answer',
      { singleExtensions: [extension('1.2.3', der.integer(1), true)] },
      'unknown',
    ],
    ['that is a refusal', { responseStatus: 3 }, 'unknown'],
    ['with too many certificates', { attached: Array.from({ length: 6 }, () => chain.root.certificate) }, 'unknown'],
  ])('%s', async (_what, options, expected) => {
    expect(await byOcsp(options)).toBe(expected);
  });

  test('revoked for a later invalidity counts only for what is not proven to be older', async () => {
    const options: OcspOptions = { status: 'revoked', singleExtensions: [invalidityDate(NOW - HOUR)] };

    expect(await byOcsp(options)).toBe('revoked');
    expect(await byOcsp(options, NOW - HOUR)).toBe('revoked');
    expect(await byOcsp(options, NOW - HOUR - 1)).toBe('ok');
    expect(await byOcsp({ status: 'revoked' }, NOW - 9 * HOUR)).toBe('revoked');
  });

  test('must echo our nonce where it echoes one', async () => {
    const nonce = Buffer.alloc(16, 7);
    const withNonce = (echoed: Buffer | undefined) =>
      statusOf(chain, {
        ...network({ [OCSP_URL]: answerOcsp(leaf, intermediate, echoed === undefined ? {} : { nonce: echoed }) }),
        newNonce: () => nonce,
      });

    expect((await withNonce(nonce)).kind).toBe('ok');
    expect((await withNonce(undefined)).kind).toBe('ok');
    expect((await withNonce(Buffer.alloc(16, 8))).kind).toBe('unknown');
  });

  test('that is garbage, cut short, huge or not basic is no answer', async () => {
    const good = answerOcsp(leaf, intermediate);
    const answers = [
      Buffer.alloc(0),
      Buffer.from('<html>'),
      good.subarray(0, 200),
      Buffer.concat([good, Buffer.of(0)]),
      Buffer.alloc(65 * 1024 + 1),
      Buffer.from('30030a0100', 'hex'),
    ];

    for (const answer of answers) expect((await statusOf(chain, network({ [OCSP_URL]: answer }))).kind).toBe('unknown');
  });

  test('that is too large is not read', async () => {
    const status = await statusOf(chain, network({ [OCSP_URL]: Buffer.alloc(65 * 1024) }));

    expect(status).toEqual({ kind: 'unknown', reason: expect.stringContaining('larger than') });
  });

  test('no altered answer turns revoked into ok', async () => {
    const revoked = answerOcsp(leaf, intermediate, { status: 'revoked' });
    for (let at = 0; at < revoked.length; at += 1) {
      const altered = Buffer.from(revoked);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      expect((await statusOf(chain, network({ [OCSP_URL]: altered }))).kind).not.toBe('ok');
    }
  });

  test('is asked for by POST, bounded, about serial, issuer name and key', async () => {
    const { asked, fetch } = network({ [OCSP_URL]: answerOcsp(leaf, intermediate) });

    await statusOf(chain, { fetch, newNonce: () => Buffer.alloc(16, 7) });

    expect(asked).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: OCSP_URL,
        contentType: 'application/ocsp-request',
        timeout: 2000,
        largest: 65536,
      }),
    ]);
    const body = Buffer.from(asked[0]?.body ?? []);
    expect(() => readDer(body)).not.toThrow();
    expect(body.includes(leaf.serial)).toBe(true);
    expect(body.includes(Buffer.alloc(16, 7))).toBe(true);
    const plain = buildOcspRequest(
      parseCertificate(leaf.certificate),
      parseCertificate(intermediate.certificate),
      undefined,
    );
    expect(plain.length).toBeLessThan(body.length);
  });
});
