import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../lambdas/core/digest.ts';
import { verifyDigestWithKey } from '../../../lambdas/core/signature/digest-signature.ts';
import type { Verifier } from '../../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../../lambdas/core/signature/verify-signature.ts';
import type { Flaws } from '../../../local/sigstore/flaws.ts';
import { createSigningKey } from '../../../local/sigstore/signers.ts';
import { ARTIFACT, codeOf, IMAGE, NOW, RELEASE, setUpEngine } from '../../support/engine.ts';

const { sigstore, keyless, verify, verifyLayer, trusting } = setUpEngine();
const key = createSigningKey();
const pinned: Verifier = { kind: 'key', key: key.keys.publicKey, log: 'not-required', root: keyless.root };

describe('what each flaw is refused for', () => {
  const everywhere: readonly (readonly [keyof Flaws, string])[] = [
    ['logKeyMismatch', 'log-entry-mismatch'],
    ['logEntryOfOtherSignature', 'log-entry-mismatch'],
    ['logEntryOfOtherPayload', 'log-entry-mismatch'],
    ['untrustedAuthority', 'untrusted-certificate'],
    ['expired', 'certificate-expired'],
    ['missingEku', 'certificate-usage'],
    ['wrongEku', 'certificate-usage'],
    ['leafIsAuthority', 'certificate-usage'],
    ['unknownCriticalExtension', 'certificate-usage'],
    ['missingSct', 'no-certificate-timestamp'],
    ['untrustedCtLog', 'no-certificate-timestamp'],
    ['sctOfOtherCertificate', 'bad-certificate-timestamp'],
    ['wrongSignature', 'bad-signature'],
  ];

  it.each(everywhere)('%s: %s, in every form', (flaw, code) => {
    const flaws = { [flaw]: true };
    const outcomes = [
      ...(['v1', 'v2'] as const).flatMap((log) => [
        verify(sigstore.signImageBundle(IMAGE, RELEASE, { log, flaws })),
        verify(sigstore.signArtifact(ARTIFACT, RELEASE, { log, flaws })),
      ]),
      verifyLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE, { flaws }), 'simple-signing'),
      verifyLayer(sigstore.attestLegacy(IMAGE, 'https://slsa.dev/provenance/v1', {}, RELEASE, { flaws }), 'dsse'),
    ];

    expect(outcomes.map(codeOf)).toEqual(Array(6).fill(code));
  });

  it.each([
    ['untrustedLog', 'v1', 'bad-inclusion-proof'],
    ['untrustedLog', 'v2', 'bad-inclusion-proof'],
    ['brokenInclusionProof', 'v1', 'bad-inclusion-proof'],
    ['brokenInclusionProof', 'v2', 'bad-inclusion-proof'],
    ['brokenEntryTimestamp', 'v1', 'bad-log-entry'],
    ['duplicateLogEntry', 'v1', 'bad-log-entry'],
    ['duplicateLogEntry', 'v2', 'bad-log-entry'],
    ['timestampOverOtherBytes', 'v1', 'bad-timestamp'],
    ['timestampOverOtherBytes', 'v2', 'bad-timestamp'],
    ['untrustedTimestampAuthority', 'v2', 'bad-timestamp'],
    ['alteredPayload', 'v1', 'log-entry-mismatch'],
    ['alteredPayload', 'v2', 'log-entry-mismatch'],
  ] as const)('%s in a bundle of %s: %s', (flaw, log, code) => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log, timestamp: true, flaws: { [flaw]: true } });

    expect(codeOf(verify(bundle))).toBe(code);
  });

  it('passes over a time stamp of a stranger where the log vouches for the time, and says so', () => {
    const options = { log: 'v1', timestamp: true, flaws: { untrustedTimestampAuthority: true } } as const;

    const outcome = verify(sigstore.signImageBundle(IMAGE, RELEASE, options));

    expect(outcome).toMatchObject({ ok: true, signedAt: [NOW] });
    expect(outcome.checks).toContainEqual(
      expect.objectContaining({
        check: 'signed-time',
        result: 'skipped',
        detail: expect.stringContaining('passed over'),
      }),
    );
  });

  it('refuses an altered payload signed with a key, logged or not', () => {
    const altered = sigstore.signImageBundle(IMAGE, key, { flaws: { alteredPayload: true } });

    expect(codeOf(verify(altered, pinned))).toBe('bad-signature');
  });
});

describe('parts taken from another signature that is right itself', () => {
  const ours = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', timestamp: true });
  const theirs = sigstore.signImageBundle(digestOf('another'), RELEASE, { log: 'v1', timestamp: true });
  const material = ours.verificationMaterial;

  it.each([
    [
      'its log entry',
      { ...ours, verificationMaterial: { ...material, tlogEntries: theirs.verificationMaterial.tlogEntries } },
    ],
    [
      'its certificate',
      { ...ours, verificationMaterial: { ...material, certificate: theirs.verificationMaterial.certificate } },
    ],
    ['its envelope', { ...ours, dsseEnvelope: theirs.dsseEnvelope }],
    ['its signature', { ...ours, dsseEnvelope: { ...ours.dsseEnvelope, signatures: theirs.dsseEnvelope.signatures } }],
  ])('refuses %s', (_, bundle) => {
    expect(codeOf(verify(ours))).toBe('verified');
    expect(codeOf(verify(bundle))).toBe('log-entry-mismatch');
  });

  it('refuses its time stamp', () => {
    const { timestampVerificationData } = theirs.verificationMaterial;

    expect(codeOf(verify({ ...ours, verificationMaterial: { ...material, timestampVerificationData } }))).toBe(
      'bad-timestamp',
    );
  });

  it('refuses a second entry that is about something else beside a right one', () => {
    const tlogEntries = [...(material.tlogEntries ?? []), ...(theirs.verificationMaterial.tlogEntries ?? [])];

    expect(codeOf(verify({ ...ours, verificationMaterial: { ...material, tlogEntries } }))).toBe('log-entry-mismatch');
  });

  it('refuses the same entry under another index that nothing vouches for', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v2' });
    const [entry] = bundle.verificationMaterial.tlogEntries ?? [];
    const tlogEntries = [entry, { ...entry, logIndex: '4711' }];

    expect(codeOf(verify({ ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } }))).toBe(
      'bad-log-entry',
    );
  });

  it('refuses an entry that is said to be of another kind', () => {
    const [entry] = material.tlogEntries ?? [];
    const tlogEntries = [{ ...entry, kindVersion: { kind: 'hashedrekord', version: '0.0.1' } }];

    expect(codeOf(verify({ ...ours, verificationMaterial: { ...material, tlogEntries } }))).toBe('log-entry-mismatch');
  });
});

describe('what a verifier demands', () => {
  it('refuses a bundle without a log entry where one is demanded, and accepts its time stamp where not', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'none', timestamp: true });

    expect(codeOf(verify(bundle))).toBe('no-log-entry');
    expect(codeOf(verify(bundle, { ...keyless, log: 'not-required' }))).toBe('verified');
  });

  it('refuses a certificate without any trusted time, even where no log is demanded', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'none', timestamp: false });

    expect(codeOf(verify(bundle, { ...keyless, log: 'not-required' }))).toBe('no-signed-time');
  });

  it('refuses Rekor v2 without a time stamp: the log vouches for no time', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v2', timestamp: false });

    expect(codeOf(verify(bundle))).toBe('no-signed-time');
  });

  it('does not believe the time in an entry without a promise', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1' });
    const tlogEntries = bundle.verificationMaterial.tlogEntries?.map(({ inclusionPromise: _, ...entry }) => entry);

    expect(codeOf(verify({ ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } }))).toBe(
      'no-signed-time',
    );
  });

  it('looks at a log entry that is not demanded: a wrong one refuses the signature', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', flaws: { brokenEntryTimestamp: true } });

    expect(codeOf(verify(bundle, { ...keyless, log: 'not-required' }))).toBe('bad-log-entry');
  });

  it('passes over entries of unknown logs only where no log is demanded', () => {
    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', timestamp: true });
    const withoutLogs = trusting((root) => ({ ...root, tlogs: [] }));

    expect(codeOf(verify(bundle, withoutLogs))).toBe('untrusted-log');
    expect(codeOf(verify(bundle, { ...withoutLogs, log: 'not-required' }))).toBe('verified');
  });

  it('accepts a certificate without SCT only where none is demanded, and never one with a wrong SCT', () => {
    const sign = (flaw: keyof Flaws) =>
      sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', flaws: { [flaw]: true } });
    const lenient: Verifier = { ...keyless, certificateTimestamp: 'not-required' };

    expect(codeOf(verify(sign('missingSct'), lenient))).toBe('verified');
    expect(codeOf(verify(sign('sctOfOtherCertificate'), lenient))).toBe('bad-certificate-timestamp');
  });

  it('keeps keys and certificates apart', () => {
    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, RELEASE), pinned))).toBe('wrong-material');
    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, key)))).toBe('wrong-material');
  });

  it('demands of a key what it is told to', () => {
    const logged: Verifier = { ...pinned, log: 'required' };
    const { root: _, ...rootless } = logged;

    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, key), logged))).toBe('no-log-entry');
    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, key, { log: 'v1' }), logged))).toBe('verified');
    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, key, { log: 'v1' }), rootless))).toBe('no-log-entry');
    expect(codeOf(verify(sigstore.signImageBundle(IMAGE, createSigningKey()), pinned))).toBe('bad-signature');
  });
});

describe('windows of the trusted root', () => {
  const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1' });
  const stamped = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v2' });
  const at = (shift: number) => new Date(NOW + shift).toISOString();
  const withWindow = (part: 'tlogs' | 'ctlogs', validFor: unknown) =>
    trusting((root) => ({
      ...root,
      [part]: root[part].map((log) => ({ ...log, publicKey: { ...log.publicKey, validFor } })),
    }));
  const withAuthority = (part: 'certificateAuthorities' | 'timestampAuthorities', validFor: unknown) =>
    trusting((root) => ({ ...root, [part]: root[part].map((authority) => ({ ...authority, validFor })) }));

  it.each([
    [
      'a log that ended before',
      () => verify(bundle, withWindow('tlogs', { start: at(-9e9), end: at(-1000) })),
      'bad-log-entry',
    ],
    ['a log that began afterwards', () => verify(bundle, withWindow('tlogs', { start: at(1000) })), 'bad-log-entry'],
    [
      'a log v2 that ended before the certificate',
      () => verify(stamped, withWindow('tlogs', { start: at(-9e9), end: at(-1000) })),
      'untrusted-log',
    ],
    [
      'a certificate log that ended before',
      () => verify(bundle, withWindow('ctlogs', { start: at(-9e9), end: at(-1000) })),
      'no-certificate-timestamp',
    ],
    [
      'a CA that ended before',
      () => verify(bundle, withAuthority('certificateAuthorities', { start: at(-9e9), end: at(-1000) })),
      'certificate-expired',
    ],
    [
      'a CA that began afterwards',
      () => verify(bundle, withAuthority('certificateAuthorities', { start: at(1000) })),
      'certificate-expired',
    ],
    [
      'a TSA that ended before',
      () => verify(stamped, withAuthority('timestampAuthorities', { start: at(-9e9), end: at(-1000) })),
      'bad-timestamp',
    ],
  ])('refuses what rests on %s', (_, judge, code) => {
    expect(codeOf(judge())).toBe(code);
  });

  it('counts the last instant of a window in', () => {
    expect(codeOf(verify(bundle, withWindow('tlogs', { start: at(0), end: at(0) })))).toBe('verified');
    expect(codeOf(verify(stamped, withAuthority('timestampAuthorities', { start: at(0), end: at(0) })))).toBe(
      'verified',
    );
  });
});

describe('what was signed', () => {
  it('reads a statement and leaves its subject to the caller where there is no artifact', () => {
    const outcome = verify(sigstore.signImageBundle(IMAGE, RELEASE, { flaws: { wrongSubject: true } }));

    expect(outcome).toMatchObject({ ok: true, content: { subjects: [{ value: hexOf(digestOf('another image')) }] } });
  });

  it('holds a statement to an artifact that is given, as bytes or as digest', () => {
    const statement = {
      format: 'bundle',
      origin: { kind: 'file' },
      bytes: Buffer.from(JSON.stringify(sigstore.signImageBundle(digestOf(ARTIFACT), RELEASE))),
    } as const;
    const judge = (artifact: NonNullable<Parameters<typeof verifySignature>[2]>['artifact']) =>
      codeOf(verifySignature(statement, keyless, artifact === undefined ? {} : { artifact }));

    expect(judge({ bytes: ARTIFACT })).toBe('verified');
    expect(judge({ sha256: Buffer.from(hexOf(digestOf(ARTIFACT)), 'hex'), verifyDigest: verifyDigestWithKey })).toBe(
      'verified',
    );
    expect(judge({ bytes: Buffer.from('other') })).toBe('content-mismatch');
    expect(judge({ sha256: Buffer.alloc(32), verifyDigest: verifyDigestWithKey })).toBe('content-mismatch');
  });

  it('takes a message signature for nothing without its artifact, and for no other artifact', () => {
    const candidate = {
      format: 'bundle',
      origin: { kind: 'file' },
      bytes: Buffer.from(JSON.stringify(sigstore.signArtifact(ARTIFACT, RELEASE, { log: 'v1' }))),
    } as const;

    expect(codeOf(verifySignature(candidate, keyless))).toBe('unsupported');
    expect(codeOf(verifySignature(candidate, keyless, { artifact: { bytes: Buffer.from('other') } }))).toBe(
      'log-entry-mismatch',
    );
    expect(
      codeOf(
        verifySignature(candidate, keyless, {
          artifact: { sha256: Buffer.from(hexOf(digestOf(ARTIFACT)), 'hex'), verifyDigest: verifyDigestWithKey },
        }),
      ),
    ).toBe('verified');
    expect(
      codeOf(
        verifySignature(candidate, keyless, {
          artifact: { sha256: Buffer.alloc(32), verifyDigest: verifyDigestWithKey },
        }),
      ),
    ).toBe('log-entry-mismatch');
  });

  it('takes the digest beside a message signature for a claim', () => {
    const bundle = sigstore.signArtifact(ARTIFACT, key);
    const messageSignature = {
      ...bundle.messageSignature,
      messageDigest: { algorithm: 'SHA2_256', digest: Buffer.alloc(32).toString('base64') },
    };

    expect(codeOf(verify(bundle, pinned))).toBe('verified');
    expect(codeOf(verify({ ...bundle, messageSignature }, pinned))).toBe('content-mismatch');
  });

  it.each([
    ['another payload type', Buffer.from('{}'), 'text/plain', 'unsupported'],
    ['a statement without subjects', statementOf({ subject: [] }), undefined, 'malformed'],
    ['a statement of another kind', statementOf({ _type: 'https://in-toto.io/Statement/v2' }), undefined, 'malformed'],
    [
      'a subject in capitals',
      statementOf({ subject: [{ digest: { sha256: hexOf(IMAGE).toUpperCase() } }] }),
      undefined,
      'malformed',
    ],
    [
      'two subjects lists in one',
      Buffer.from(statementOf({}).toString().replace('{', '{"subject":[],')),
      undefined,
      'malformed',
    ],
    [
      'a predicate 200 levels deep',
      Buffer.from(
        statementOf({})
          .toString()
          .replace('"predicate":{}', `"predicate":${'['.repeat(200)}${']'.repeat(200)}`),
      ),
      undefined,
      'malformed',
    ],
  ])('refuses %s, rightly signed as it is', (_, payload, payloadType, code) => {
    const bundle = sigstore.signPayload(payload, RELEASE, { log: 'v1', ...(payloadType && { payloadType }) });

    expect(codeOf(verify(bundle))).toBe(code);
  });
});

function statementOf(over: object): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: hexOf(IMAGE) } }],
      predicateType: 'https://example.test/type',
      predicate: {},
      ...over,
    }),
  );
}

describe('legacy layers with a time stamp and no log', () => {
  const lenient: Verifier = { ...keyless, log: 'not-required' };
  const options = { log: 'none', timestamp: true } as const;

  it('reads the stamp over the signature of a `.sig`, and over the envelope of an `.att`', () => {
    expect(
      codeOf(verifyLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE, options), 'simple-signing', lenient)),
    ).toBe('verified');
    expect(
      codeOf(verifyLayer(sigstore.attestLegacy(IMAGE, 'https://x.test', {}, RELEASE, options), 'dsse', lenient)),
    ).toBe('verified');
  });

  it('refuses a stamp over other bytes', () => {
    const flawed = { ...options, flaws: { timestampOverOtherBytes: true } };

    expect(
      codeOf(verifyLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE, flawed), 'simple-signing', lenient)),
    ).toBe('bad-timestamp');
    expect(
      codeOf(verifyLayer(sigstore.attestLegacy(IMAGE, 'https://x.test', {}, RELEASE, flawed), 'dsse', lenient)),
    ).toBe('bad-timestamp');
  });
});

describe('names of certificates that look like another', () => {
  const name = RELEASE.subject.value;
  const sign = (value: string) =>
    verify(sigstore.signImageBundle(IMAGE, { ...RELEASE, subject: { type: 'uri', value } }, { log: 'v1' }));

  it.each(['prefix', 'suffix', 'case', 'trailing dot', 'space', 'homoglyph'])('hands on a %s to the letter', (kind) => {
    const value =
      {
        prefix: `x${name}`,
        suffix: `${name}x`,
        case: name.toUpperCase(),
        'trailing dot': `${name}.`,
        space: `${name} `,
        homoglyph: name.replace('a', '\u0430'),
      }[kind] ?? '';

    expect(sign(value)).toMatchObject({ ok: true, signer: { names: [{ type: 'uri', value }] } });
  });

  it('refuses a NUL, behind which other readers stop', () => {
    expect(codeOf(sign(`${name}\0.evil.test`))).toBe('malformed');
  });

  it('refuses a name longer than 8 KiB', () => {
    expect(codeOf(sign(`https://${'a'.repeat(9000)}`))).toBe('too-large');
  });
});
