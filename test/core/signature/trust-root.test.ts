import { describe, expect, it } from 'vitest';
import { isValidAt, parseTrustRoot } from '../../../lambdas/core/signature/trust-root.ts';
import { createPrivateSigstore } from '../../../local/sigstore/private-sigstore.ts';
import type { TrustedRootJson } from '../../../local/sigstore/trusted-root.ts';
import { NOW } from '../../support/engine.ts';

const json = createPrivateSigstore({ now: () => NOW }).trustedRoot();
const stranger = createPrivateSigstore({ now: () => NOW }).trustedRoot();
const unusable = expect.objectContaining({ code: 'trust-root-unusable' });

describe('parseTrustRoot', () => {
  it('reads authorities, logs by id and hosts', () => {
    const root = parseTrustRoot(json);

    expect(root.authorities).toHaveLength(1);
    expect([...root.logs.values()].map(({ host }) => host)).toEqual([
      'rekor1.countersign.local',
      'rekor.countersign.local',
    ]);
    expect([...root.certificateLogs.keys()]).toEqual(json.ctlogs.map(({ logId }) => logId.keyId));
    expect(root.timestampAuthorities[0]?.chain).toHaveLength(3);
  });

  it('takes an empty root for one that trusts nobody', () => {
    expect(parseTrustRoot({ mediaType: json.mediaType })).toMatchObject({ authorities: [], timestampAuthorities: [] });
  });

  const [log, ...logs] = json.tlogs;
  const [authority] = json.certificateAuthorities;
  const [other] = stranger.certificateAuthorities;
  const withLog = (over: object): unknown => ({ ...json, tlogs: [{ ...log, ...over }, ...logs] });
  const withKey = (over: object): unknown => withLog({ publicKey: { ...log?.publicKey, ...over } });
  const withChain = (certificates: readonly unknown[]): unknown => ({
    ...json,
    certificateAuthorities: [{ ...authority, certChain: { certificates } }],
  });
  const chain = authority?.certChain.certificates ?? [];

  it.each<[string, unknown]>([
    ['nothing', null],
    ['another media type', { ...json, mediaType: 'application/json' }],
    ['a log without validity', withKey({ validFor: undefined })],
    ['a log without a start of its validity', withKey({ validFor: { end: '2030-01-01T00:00:00Z' } })],
    ['a start that is no time', withKey({ validFor: { start: 'yesterday' } })],
    ['a key that is none', withKey({ rawBytes: 'AAAA' })],
    ['a log without id', withLog({ logId: { keyId: '' } })],
    ['one log id twice', { ...json, tlogs: [...json.tlogs, ...json.tlogs] }],
    ['a chain of strangers', withChain([chain[0], other?.certChain.certificates[1]])],
    ['a chain upside down', withChain(chain.toReversed())],
    ['an empty chain', withChain([])],
    ['a certificate that is none', withChain([{ rawBytes: 'AAAA' }])],
    ['eleven certificates', withChain(Array(11).fill(chain[0]))],
  ])('refuses %s, whole', (_, root) => {
    expect(() => parseTrustRoot(root)).toThrow(unusable);
  });

  it('refuses an authority whose issuer is no authority', () => {
    const { timestampAuthorities }: TrustedRootJson = json;
    const [leaf] = timestampAuthorities[0]?.certChain.certificates ?? [];

    expect(() => parseTrustRoot(withChain([leaf, leaf]))).toThrow(unusable);
  });
});

describe('isValidAt', () => {
  it('counts both ends of the validity in, the last second to its end', () => {
    const [certificate] = parseTrustRoot(json).authorities[0]?.chain ?? [];
    if (certificate === undefined) throw new Error('no certificate');
    const { notBefore, notAfter } = certificate;

    expect([notBefore - 1, notBefore, notAfter + 999, notAfter + 1000].map((at) => isValidAt(certificate, at))).toEqual(
      [false, true, true, false],
    );
  });
});
