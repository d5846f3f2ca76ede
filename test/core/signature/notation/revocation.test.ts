import { describe, expect, test } from 'vitest';
import { extension } from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { acmeName, crlAt, HOUR, issueChain, NOW, ocspAt } from '../../../support/notation-kit.ts';
import { type Answers, CRL_URL, network, OCSP_URL, statusOf } from '../../../support/notation-network.ts';
import { answerOcsp, type CrlOptions, issueCrl } from '../../../support/notation-responders.ts';

const chain = issueChain({ leaf: { more: [ocspAt(OCSP_URL)] } });
const both = issueChain({ leaf: { more: [ocspAt(OCSP_URL), crlAt(CRL_URL)] } });
const { leaf, intermediate } = chain;

describe('a chain', () => {
  const ok = answerOcsp(both.leaf, both.intermediate);
  const revoked = answerOcsp(both.leaf, both.intermediate, { status: 'revoked' });
  const clean = issueCrl(both.intermediate);
  const blacklisted = issueCrl(both.intermediate, { revoked: [{ serial: both.leaf.serial }] });

  test.each<[string, Answers, string]>([
    ['good by OCSP_URL, the CRL is not asked', { [OCSP_URL]: ok, [CRL_URL]: blacklisted }, 'ok'],
    ['revoked by OCSP_URL, whatever the CRL says', { [OCSP_URL]: revoked, [CRL_URL]: clean }, 'revoked'],
    ['OCSP silent, the CRL decides', { [CRL_URL]: clean }, 'ok'],
    ['OCSP silent, on the CRL', { [CRL_URL]: blacklisted }, 'revoked'],
    ['OCSP failing, the CRL decides', { [OCSP_URL]: { status: 503, body: ok }, [CRL_URL]: blacklisted }, 'revoked'],
    ['both silent', {}, 'unknown'],
    ['both failing', { [OCSP_URL]: { status: 500, body: ok }, [CRL_URL]: { status: 302, body: clean } }, 'unknown'],
  ])('%s', async (_what, answers, expected) => {
    expect((await statusOf(both, network(answers))).kind).toBe(expected);
  });

  test('without OCSP or CRL cannot be revoked; with them and without a network nothing is known', async () => {
    expect((await statusOf(issueChain(), undefined)).kind).toBe('ok');
    expect((await statusOf(chain, undefined)).kind).toBe('unknown');
  });

  test('with a CRL at several places is decided by the first that answers', async () => {
    const second = 'http://crl2.acme.example/issuing.crl';
    const used = issueChain({ leaf: { more: [crlAt(CRL_URL, 'ldap://ldap.acme.example/', second)] } });
    const kindOf = (answers: Answers) => statusOf(used, network(answers)).then(({ kind }) => kind);

    expect(await kindOf({ [CRL_URL]: issueCrl(used.intermediate) })).toBe('ok');
    expect(await kindOf({ [second]: issueCrl(used.intermediate) })).toBe('ok');
    expect(await kindOf({ [CRL_URL]: clean, [second]: issueCrl(used.intermediate) })).toBe('ok');
  });

  test('is as bad as its worst certificate', async () => {
    const place = 'http://crl.acme.example/root.crl';
    const used = issueChain({ intermediate: { more: [crlAt(place)] }, leaf: { more: [crlAt(CRL_URL)] } });
    const worst = (leafCrl: CrlOptions, middleCrl: CrlOptions | undefined) =>
      statusOf(
        used,
        network({
          [CRL_URL]: issueCrl(used.intermediate, leafCrl),
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
  const fullName = der.tagged(0, der.tagged(0, uri(CRL_URL)));

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
    const { asked, fetch } = network({ [CRL_URL]: issueCrl(used.intermediate) });

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
    const long = network({ [OCSP_URL]: answerOcsp(leaf, intermediate) });
    const first = await statusOf(chain, { ...long, cache });
    await statusOf(chain, { ...long, cache, newNonce: () => Buffer.alloc(8, 1) });

    expect(long.asked).toHaveLength(1);
    expect(first.kind === 'ok' && first.reusableUntil).toBe(NOW + HOUR);
    expect([...kept.values()].map(({ until }) => until)).toEqual([NOW + HOUR]);
    const short = await statusOf(
      chain,
      network({ [OCSP_URL]: answerOcsp(leaf, intermediate, { nextUpdate: NOW + 60_000 }) }),
    );
    expect(short.kind === 'ok' && short.reusableUntil).toBe(NOW + 60_000);
    expect(short.kind === 'ok' && short.holdsUntil).toBe(NOW + 60_000);
  });

  test('are verified like any other: what was put there by somebody else counts for nothing', async () => {
    const { asked, fetch } = network({ [OCSP_URL]: answerOcsp(leaf, intermediate, { status: 'revoked' }) });
    const forged = answerOcsp(leaf, intermediate, { keys: chain.root.keys });
    const status = await statusOf(chain, { fetch, cache: { get: async () => forged, put: async () => {} } });

    expect(status.kind).toBe('revoked');
    expect(asked).toHaveLength(1);
  });

  test('a cache that fails is no cache', async () => {
    const failing = { get: () => Promise.reject(new Error('x')), put: () => Promise.reject(new Error('x')) };

    expect(
      (await statusOf(chain, { ...network({ [OCSP_URL]: answerOcsp(leaf, intermediate) }), cache: failing })).kind,
    ).toBe('ok');
  });

  test('no answer and a revocation are not kept', async () => {
    const { kept, cache } = cacheOf();
    await statusOf(chain, { ...network({}), cache });
    await statusOf(chain, { ...network({ [OCSP_URL]: answerOcsp(leaf, intermediate, { status: 'revoked' }) }), cache });

    expect(kept.size).toBe(0);
  });
});
