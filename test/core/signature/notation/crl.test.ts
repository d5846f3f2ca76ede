import { describe, expect, test } from 'vitest';
import { readChildren, readDer } from '../../../../lambdas/core/signature/der.ts';
import { extension } from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { crlAt, HOUR, issueChain, keyUsage, NOW } from '../../../support/notation-kit.ts';
import { CRL_URL, network, statusOf } from '../../../support/notation-network.ts';
import { type CrlOptions, invalidityDate, issueCrl, issuedFor, reason } from '../../../support/notation-responders.ts';

const listed = issueChain({ leaf: { more: [crlAt(CRL_URL)] } });

const byCrl = async (options: CrlOptions, signedAt?: number) =>
  (await statusOf(listed, network({ [CRL_URL]: issueCrl(listed.intermediate, options) }), signedAt)).kind;

describe('a CRL', () => {
  const serial = listed.leaf.serial;
  const other = { serial: Buffer.alloc(16, 0x33) };

  test.each<[string, CrlOptions, string]>([
    ['that is empty', {}, 'ok'],
    ['of others', { revoked: [other] }, 'ok'],
    ['with the certificate', { revoked: [other, { serial }] }, 'revoked'],
    ['with the certificate on hold', { revoked: [{ serial, extensions: [reason(6)] }] }, 'revoked'],
    ['for this place', { extensions: [issuedFor(CRL_URL)] }, 'ok'],
    ['of signers alone', { extensions: [issuedFor(undefined, 1)] }, 'ok'],
    ['with a number', { extensions: [extension('2.5.29.20', der.integer(5))] }, 'ok'],
    ['that holds beyond 2050', { nextUpdate: Date.UTC(2051, 0, 1) }, 'ok'],
    ['of version 1', { version: undefined }, 'unknown'],
    ['of version 3', { version: 2 }, 'unknown'],
    ['that ended', { nextUpdate: NOW - 1000 }, 'unknown'],
    ['without an end', { nextUpdate: undefined }, 'unknown'],
    ['of the future', { thisUpdate: NOW + HOUR }, 'unknown'],
    ['with another key', { keys: listed.root.keys }, 'unknown'],
    ['of another issuer', { name: listed.root.name }, 'unknown'],
    [
      'that names two algorithms',
      { innerAlgorithm: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.3')) },
      'unknown',
    ],
    ['with an unknown critical extension', { extensions: [extension('1.2.3', der.integer(1), true)] }, 'unknown'],
    ['that is a delta', { extensions: [extension('2.5.29.27', der.integer(1), true)] }, 'unknown'],
    ['that is a delta and hides it', { extensions: [extension('2.5.29.27', der.integer(1))] }, 'unknown'],
    ['that has a delta', { extensions: [extension('2.5.29.46', der.sequence())] }, 'unknown'],
    ['for another place', { extensions: [issuedFor('http://crl.acme.example/other.crl')] }, 'unknown'],
    ['of authorities alone', { extensions: [issuedFor(undefined, 2)] }, 'unknown'],
    ['of some reasons', { extensions: [issuedFor(undefined, 3)] }, 'unknown'],
    ['that is indirect', { extensions: [issuedFor(undefined, 4)] }, 'unknown'],
    ['of attribute certificates', { extensions: [issuedFor(undefined, 5)] }, 'unknown'],
    [
      'with an entry of another issuer',
      { revoked: [{ ...other, extensions: [extension('2.5.29.29', der.sequence())] }] },
      'unknown',
    ],
    [
      'with an unknown critical extension of an entry',
      { revoked: [{ ...other, extensions: [extension('1.2.3', der.integer(1), true)] }] },
      'unknown',
    ],
    ['that takes the certificate off', { revoked: [{ serial, extensions: [reason(8)] }] }, 'unknown'],
  ])('%s', async (_what, options, expected) => {
    expect(await byCrl(options)).toBe(expected);
  });

  test('of authorities is for authorities', async () => {
    const used = issueChain({ intermediate: { more: [crlAt(CRL_URL)] } });
    const kindOf = async (flag: number) =>
      (await statusOf(used, network({ [CRL_URL]: issueCrl(used.root, { extensions: [issuedFor(CRL_URL, flag)] }) })))
        .kind;

    expect(await kindOf(2)).toBe('ok');
    expect(await kindOf(1)).toBe('unknown');
  });

  test('that is too large is not read', async () => {
    const status = await statusOf(listed, network({ [CRL_URL]: Buffer.alloc(10 * 1024 * 1024 + 1) }));

    expect(status).toEqual({ kind: 'unknown', reason: expect.stringContaining('larger than') });
  });

  test('of an issuer that may not sign CRLs is no answer', async () => {
    const unfit = issueChain({
      intermediate: { extensions: [keyUsage([5]), extension('2.5.29.19', der.sequence(der.boolean(true)), true)] },
      leaf: { more: [crlAt(CRL_URL)] },
    });

    expect((await statusOf(unfit, network({ [CRL_URL]: issueCrl(unfit.intermediate) }))).kind).toBe('unknown');
  });

  test('with a later invalidity counts only for what is not proven to be older', async () => {
    const options: CrlOptions = { revoked: [{ serial, extensions: [invalidityDate(NOW - HOUR)] }] };

    expect(await byCrl(options)).toBe('revoked');
    expect(await byCrl(options, NOW - HOUR)).toBe('revoked');
    expect(await byCrl(options, NOW - HOUR - 1)).toBe('ok');
  });

  test('may be long', async () => {
    const revoked = Array.from({ length: 6000 }, (_, at) => ({
      serial: Buffer.from(`01${at.toString(16).padStart(14, '0')}`, 'hex'),
    }));

    expect(await byCrl({ revoked })).toBe('ok');
    expect(await byCrl({ revoked: [...revoked, { serial }] })).toBe('revoked');
  });

  test('that is garbage, cut short or of another version is no answer', async () => {
    const good = issueCrl(listed.intermediate);
    const parts = readChildren(readDer(good)).map(({ whole }) => whole);
    for (const answer of [
      Buffer.alloc(0),
      Buffer.from('x'),
      good.subarray(0, 100),
      Buffer.concat([good, Buffer.of(5, 0)]),
      der.sequence(...parts, der.integer(1)),
    ]) {
      expect((await statusOf(listed, network({ [CRL_URL]: answer }))).kind).toBe('unknown');
    }
  });
});
