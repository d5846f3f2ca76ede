import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../../lambdas/core/signature/certificate.ts';
import { readDer } from '../../../../lambdas/core/signature/der.ts';
import {
  checkRevocation,
  type RevocationAnswer,
  type RevocationPorts,
  type RevocationRequest,
} from '../../../../lambdas/core/signature/notation/revocation/check.ts';
import { buildOcspRequest } from '../../../../lambdas/core/signature/notation/revocation/ocsp-request.ts';
import { extension } from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { signJws } from '../../../support/notation-envelopes.ts';
import {
  acmeName,
  crlAt,
  HOUR,
  type Issued,
  issue,
  issueChain,
  issueRoot,
  keyUsage,
  NOW,
  ocspAt,
} from '../../../support/notation-kit.ts';
import {
  answerOcsp,
  type CrlOptions,
  invalidityDate,
  issueCrl,
  issuedFor,
  type OcspOptions,
  reason,
  responderExtensions,
} from '../../../support/notation-responders.ts';
import { createStamper, stamp } from '../../../support/notation-stamps.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const OCSP = 'http://ocsp.acme.example/';
const CRL = 'http://crl.acme.example/issuing.crl';
const chain = issueChain({ leaf: { more: [ocspAt(OCSP)] } });
const listed = issueChain({ leaf: { more: [crlAt(CRL)] } });
const both = issueChain({ leaf: { more: [ocspAt(OCSP), crlAt(CRL)] } });
const { leaf, intermediate } = chain;

/** A network of answers by URL that keeps what was asked. */
function network(answers: Readonly<Record<string, Buffer | number | ((request: RevocationRequest) => Buffer)>>) {
  const asked: RevocationRequest[] = [];
  const fetch = async (request: RevocationRequest): Promise<RevocationAnswer> => {
    asked.push(request);
    const answer = answers[request.url];
    if (answer === undefined) return { kind: 'unavailable', reason: 'timed out' };
    if (typeof answer === 'number') return { kind: 'answered', status: answer, body: Buffer.alloc(0) };
    return { kind: 'answered', status: 200, body: typeof answer === 'function' ? answer(request) : answer };
  };
  return { asked, fetch };
}

async function statusOf(used: typeof chain, ports: RevocationPorts | undefined, signedAt?: number) {
  const certificates = used.chain.map((certificate) => parseCertificate(certificate));
  return checkRevocation(certificates, ports, { now: NOW, signedAt });
}

const byOcsp = async (options: OcspOptions, signedAt?: number) =>
  (await statusOf(chain, network({ [OCSP]: answerOcsp(leaf, intermediate, options) }), signedAt)).kind;
const byCrl = async (options: CrlOptions, signedAt?: number) =>
  (await statusOf(listed, network({ [CRL]: issueCrl(listed.intermediate, options) }), signedAt)).kind;

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
        ...network({ [OCSP]: answerOcsp(leaf, intermediate, echoed === undefined ? {} : { nonce: echoed }) }),
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

    for (const answer of answers) expect((await statusOf(chain, network({ [OCSP]: answer }))).kind).toBe('unknown');
  });

  test('no altered answer turns revoked into ok', async () => {
    const revoked = answerOcsp(leaf, intermediate, { status: 'revoked' });
    for (let at = 0; at < revoked.length; at += 1) {
      const altered = Buffer.from(revoked);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      expect((await statusOf(chain, network({ [OCSP]: altered }))).kind).not.toBe('ok');
    }
  });

  test('is asked for by POST, bounded, about serial, issuer name and key', async () => {
    const { asked, fetch } = network({ [OCSP]: answerOcsp(leaf, intermediate) });

    await statusOf(chain, { fetch, newNonce: () => Buffer.alloc(16, 7) });

    expect(asked).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: OCSP,
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

describe('a CRL', () => {
  const serial = listed.leaf.serial;
  const other = { serial: Buffer.alloc(16, 0x33) };

  test.each<[string, CrlOptions, string]>([
    ['that is empty', {}, 'ok'],
    ['of others', { revoked: [other] }, 'ok'],
    ['with the certificate', { revoked: [other, { serial }] }, 'revoked'],
    ['with the certificate on hold', { revoked: [{ serial, extensions: [reason(6)] }] }, 'revoked'],
    ['for this place', { extensions: [issuedFor(CRL)] }, 'ok'],
    ['of signers alone', { extensions: [issuedFor(undefined, 1)] }, 'ok'],
    ['with a number', { extensions: [extension('2.5.29.20', der.integer(5))] }, 'ok'],
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
      { revoked: [{ ...other, extensions: [extension('2.5.29.29', der.sequence(), true)] }] },
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

  test('of an issuer that may not sign CRLs is no answer', async () => {
    const unfit = issueChain({
      intermediate: { extensions: [keyUsage([5]), extension('2.5.29.19', der.sequence(der.boolean(true)), true)] },
      leaf: { more: [crlAt(CRL)] },
    });

    expect((await statusOf(unfit, network({ [CRL]: issueCrl(unfit.intermediate) }))).kind).toBe('unknown');
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
    for (const answer of [
      Buffer.alloc(0),
      Buffer.from('x'),
      good.subarray(0, 100),
      Buffer.concat([good, Buffer.of(5, 0)]),
    ]) {
      expect((await statusOf(listed, network({ [CRL]: answer }))).kind).toBe('unknown');
    }
  });
});

describe('a chain', () => {
  const ok = answerOcsp(both.leaf, both.intermediate);
  const revoked = answerOcsp(both.leaf, both.intermediate, { status: 'revoked' });
  const clean = issueCrl(both.intermediate);
  const blacklisted = issueCrl(both.intermediate, { revoked: [{ serial: both.leaf.serial }] });

  test.each<[string, Parameters<typeof network>[0], string]>([
    ['good by OCSP, the CRL is not asked', { [OCSP]: ok, [CRL]: blacklisted }, 'ok'],
    ['revoked by OCSP, whatever the CRL says', { [OCSP]: revoked, [CRL]: clean }, 'revoked'],
    ['OCSP silent, the CRL decides', { [CRL]: clean }, 'ok'],
    ['OCSP silent, on the CRL', { [CRL]: blacklisted }, 'revoked'],
    ['OCSP failing, the CRL decides', { [OCSP]: 503, [CRL]: blacklisted }, 'revoked'],
    ['both silent', {}, 'unknown'],
    ['both failing', { [OCSP]: 500, [CRL]: 404 }, 'unknown'],
  ])('%s', async (_what, answers, expected) => {
    expect((await statusOf(both, network(answers))).kind).toBe(expected);
  });

  test('without OCSP or CRL cannot be revoked; with them and without a network nothing is known', async () => {
    expect((await statusOf(issueChain(), undefined)).kind).toBe('ok');
    expect((await statusOf(chain, undefined)).kind).toBe('unknown');
  });

  test('is as bad as its worst certificate', async () => {
    const place = 'http://crl.acme.example/root.crl';
    const used = issueChain({ intermediate: { more: [crlAt(place)] }, leaf: { more: [crlAt(CRL)] } });
    const worst = (leafCrl: CrlOptions, middleCrl: CrlOptions | undefined) =>
      statusOf(
        used,
        network({
          [CRL]: issueCrl(used.intermediate, leafCrl),
          ...(middleCrl === undefined ? {} : { [place]: issueCrl(used.root, middleCrl) }),
        }),
      ).then(({ kind }) => kind);

    expect(await worst({}, {})).toBe('ok');
    expect(await worst({}, { revoked: [{ serial: used.intermediate.serial }] })).toBe('revoked');
    expect(await worst({}, undefined)).toBe('unknown');
    expect(await worst({ revoked: [{ serial: used.leaf.serial }] }, undefined)).toBe('revoked');
  });

  const uri = (text: string) => der.taggedPrimitive(6, Buffer.from(text));
  const points = (...parts: Buffer[]) => extension('2.5.29.31', der.sequence(der.sequence(...parts)));
  const fullName = der.tagged(0, der.tagged(0, uri(CRL)));

  test.each<[string, Buffer]>([
    ['OCSP over HTTPS alone', ocspAt('https://ocsp.acme.example/')],
    ['OCSP of a file', ocspAt('file:///etc/passwd')],
    ['OCSP with credentials', ocspAt('http://a:b@ocsp.acme.example/')],
    ['OCSP with a line break', ocspAt('http://ocsp.acme.example/\r\nX: y')],
    ['CRLs over LDAP alone', crlAt('ldap://ldap.acme.example/')],
    ['CRLs of some reasons', points(fullName, der.taggedPrimitive(1, Buffer.from([1, 6])))],
    ['CRLs of another issuer', points(fullName, der.tagged(2, der.tagged(4, acmeName('x'))))],
    ['CRLs nowhere', points()],
    ['too many responders', ocspAt(...Array.from({ length: 9 }, (_, at) => `http://o${at}.acme.example/`))],
    ['an extension that is garbage', extension('2.5.29.31', Buffer.from('x'))],
  ])('with %s is of unknown status, and nobody is asked', async (_what, more) => {
    const used = issueChain({ leaf: { more: [more] } });
    const { asked, fetch } = network({ [CRL]: issueCrl(used.intermediate) });

    expect((await statusOf(used, { fetch })).kind).toBe('unknown');
    expect(asked).toEqual([]);
  });

  test('a port that throws is a place without an answer', async () => {
    const fetch = () => Promise.reject(new Error('socket hang up'));

    expect(await statusOf(chain, { fetch })).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining('socket hang up'),
    });
  });
});

describe('answers that are kept', () => {
  function cacheOf() {
    const kept = new Map<string, { answer: Uint8Array; until: number }>();
    const cache = {
      get: async (key: string) => kept.get(key)?.answer,
      put: async (key: string, answer: Uint8Array, until: number) => void kept.set(key, { answer, until }),
    };
    return { kept, cache };
  }

  test('are used again for an hour at most, and until their own end', async () => {
    const { kept, cache } = cacheOf();
    const long = network({ [OCSP]: answerOcsp(leaf, intermediate) });
    const first = await statusOf(chain, { ...long, cache });
    await statusOf(chain, { ...long, cache, newNonce: () => Buffer.alloc(8, 1) });

    expect(long.asked).toHaveLength(1);
    expect(first.kind === 'ok' && first.reusableUntil).toBe(NOW + HOUR);
    expect([...kept.values()].map(({ until }) => until)).toEqual([NOW + HOUR]);
    const short = await statusOf(
      chain,
      network({ [OCSP]: answerOcsp(leaf, intermediate, { nextUpdate: NOW + 60_000 }) }),
    );
    expect(short.kind === 'ok' && short.reusableUntil).toBe(NOW + 60_000);
  });

  test('are verified like any other: what was put there by somebody else counts for nothing', async () => {
    const { asked, fetch } = network({ [OCSP]: answerOcsp(leaf, intermediate, { status: 'revoked' }) });
    const forged = answerOcsp(leaf, intermediate, { keys: chain.root.keys });
    const status = await statusOf(chain, { fetch, cache: { get: async () => forged, put: async () => {} } });

    expect(status.kind).toBe('revoked');
    expect(asked).toHaveLength(1);
  });

  test('a cache that fails is no cache', async () => {
    const failing = { get: () => Promise.reject(new Error('x')), put: () => Promise.reject(new Error('x')) };

    expect(
      (await statusOf(chain, { ...network({ [OCSP]: answerOcsp(leaf, intermediate) }), cache: failing })).kind,
    ).toBe('ok');
  });

  test('no answer and a revocation are not kept', async () => {
    const { kept, cache } = cacheOf();
    await statusOf(chain, { ...network({}), cache });
    await statusOf(chain, { ...network({ [OCSP]: answerOcsp(leaf, intermediate, { status: 'revoked' }) }), cache });

    expect(kept.size).toBe(0);
  });
});

describe('the verification level', () => {
  const stores = { 'ca:acme': [chain.root.certificate] };
  const enforcement = (revocation: 'enforce' | 'log' | 'skip') => ({
    integrity: 'enforce' as const,
    authenticity: 'enforce' as const,
    authenticTimestamp: 'enforce' as const,
    expiry: 'enforce' as const,
    revocation,
  });
  const verify = (answers: Parameters<typeof network>[0], action: 'enforce' | 'log' | 'skip') =>
    verifyStrictly(signJws(chain), stores, {
      revocation: network(answers),
      statement: { enforcement: enforcement(action) },
    }).then(summarize);
  const good = answerOcsp(leaf, intermediate);
  const bad = answerOcsp(leaf, intermediate, { status: 'revoked' });

  test('says what a revocation and what no answer mean', async () => {
    expect(await verify({ [OCSP]: good }, 'enforce')).toBe('accepted');
    expect(await verify({ [OCSP]: bad }, 'enforce')).toBe('rejected revoked');
    expect(await verify({}, 'enforce')).toBe('undetermined revocation-unknown');
    expect(await verify({ [OCSP]: bad }, 'log')).toBe('accepted');
    expect(await verify({}, 'log')).toBe('accepted');
    expect(await verify({}, 'skip')).toBe('accepted');
  });

  test('nobody is asked where it is skipped or where the chain is not trusted', async () => {
    const { asked, fetch } = network({ [OCSP]: good });
    const lenient = { ...enforcement('log'), authenticity: 'log' as const };
    const stranger: Issued = issueRoot();

    await verifyStrictly(signJws(chain), stores, {
      revocation: { fetch },
      statement: { enforcement: enforcement('skip') },
    });
    const outcome = await verifyStrictly(
      signJws(chain),
      { 'ca:acme': [stranger.certificate] },
      { revocation: { fetch }, statement: { enforcement: lenient } },
    );

    expect(outcome.kind === 'accepted' && outcome.authentic).toBe(false);
    expect(asked).toEqual([]);
  });

  test('holds for the time stamping authority too', async () => {
    const place = 'http://ocsp.stamps.example/';
    const stamper = createStamper({ more: [ocspAt(place)] });
    const envelope = signJws(chain, { timestamp: (signature) => stamp(stamper, signature) });
    const verifyStamped = (answers: Parameters<typeof network>[0], action: 'enforce' | 'skip') =>
      verifyStrictly(
        envelope,
        { ...stores, 'tsa:stamps': [stamper.root.certificate] },
        {
          revocation: network({ [OCSP]: good, ...answers }),
          statement: { enforcement: enforcement(action) },
        },
      ).then(summarize);

    expect(await verifyStamped({}, 'enforce')).toBe('undetermined revocation-unknown');
    expect(await verifyStamped({}, 'skip')).toBe('accepted');
    expect(await verifyStamped({ [place]: answerOcsp(stamper.leaf, stamper.middle) }, 'enforce')).toBe('accepted');
    expect(
      await verifyStamped({ [place]: answerOcsp(stamper.leaf, stamper.middle, { status: 'revoked' }) }, 'enforce'),
    ).toBe('rejected revoked');
  });
});
