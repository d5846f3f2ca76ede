import { describe, expect, test } from 'vitest';
import { openSource } from '../../bin/sources/open-source.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { EXCEPTION_TYPE } from '../../lambdas/core/trust/exception.ts';
import type { Flaws } from '../../local/sigstore/flaws.ts';
import { githubWorkflow, type Identity } from '../../local/sigstore/fulcio.ts';
import { type Artifact, buildImage, buildIndex } from '../../local/sigstore/images.ts';
import { startRegistry } from '../support/loopback-registry.ts';
import { artifactOf, BUNDLE, blobOf, DSSE, MANIFEST, referrerOf, SIMPLE_SIGNING } from '../support/memory-source.ts';
import { signCose, signJws } from '../support/notation-envelopes.ts';
import { acmeName, issueChain } from '../support/notation-kit.ts';
import {
  bundleOn,
  image,
  judge,
  legacyManifest,
  NOON,
  RELEASE,
  repositoryOf,
  SLSA,
  signAt,
  signatureOn,
  sigstore,
  tagOf,
} from '../support/signed-repository.ts';
import { makeFolder } from '../support/temporary-folder.ts';

// Negatives that no public set has, each through everything from the registry's answers to the verdict. Beside each stands its twin without the flaw, which is
// verified: so the flaw alone is what it is refused for.
const VERIFIED = { verdict: 'verified', codes: ['policy-satisfied'] };
const invalid = (...codes: readonly string[]) => ({ verdict: 'invalid', codes });
const unsigned = (...codes: readonly string[]) => ({ verdict: 'unsigned', codes });
const HOUR = 3_600_000;

describe('one flaw in a signature', () => {
  const flaws: readonly (readonly [string, keyof Flaws, string])[] = [
    ['the log has another certificate than the one that signed', 'logKeyMismatch', 'log-entry-mismatch'],
    ['the log entry is of another signature', 'logEntryOfOtherSignature', 'log-entry-mismatch'],
    ['the log entry is of another payload', 'logEntryOfOtherPayload', 'log-entry-mismatch'],
    ['the log entry stands twice', 'duplicateLogEntry', 'bad-log-entry'],
    ['no extended key usage', 'missingEku', 'certificate-usage'],
    ['an extended key usage for servers', 'wrongEku', 'certificate-usage'],
    ['no SCT', 'missingSct', 'no-certificate-timestamp'],
    ['the SCT of another certificate', 'sctOfOtherCertificate', 'bad-certificate-timestamp'],
    ['an SCT of an unknown log', 'untrustedCtLog', 'no-certificate-timestamp'],
    ['the statement is about another image', 'wrongSubject', 'subject-mismatch'],
  ];

  test.each(flaws)('%s', async (_, flaw, code) => {
    for (const log of ['v1', 'v2'] as const) {
      const bad = signatureOn(image, { log, timestamp: true, flaws: { [flaw]: true } });
      const good = signatureOn(image, { log, timestamp: true });

      expect(await judge(repositoryOf([good]))).toEqual(VERIFIED);
      expect(await judge(repositoryOf([bad]))).toEqual(invalid(code));
      // Neither does a bad one block a good one, nor does a good one carry a bad one.
      expect(await judge(repositoryOf([bad, good]))).toEqual(VERIFIED);
    }
  });

  test('the log names no certificate', async () => {
    const bad = (log: 'v1' | 'v2') => signatureOn(image, { log, timestamp: true, flaws: { logKeyEmpty: true } });

    // In Rekor v1 it stands as PEM, and nothing is no PEM.
    expect(await judge(repositoryOf([bad('v1')]))).toEqual(invalid('malformed'));
    expect(await judge(repositoryOf([bad('v2')]))).toEqual(invalid('log-entry-mismatch'));
  });

  test.each(flaws.filter(([, flaw]) => flaw !== 'duplicateLogEntry'))(
    '%s, in a legacy layer',
    async (_, flaw, code) => {
      const sig = (options: { flaws?: Flaws }) =>
        legacyManifest(sigstore.signLegacy(image.digest, 'registry.test/acme/app', RELEASE, options), SIMPLE_SIGNING);
      const under = (manifest: Artifact) =>
        judge({ artifacts: [image, manifest], tags: { [tagOf(image.digest, '.sig')]: manifest.digest } });

      expect(await under(sig({}))).toEqual(VERIFIED);
      expect(await under(sig({ flaws: { [flaw]: true } }))).toEqual(invalid(code));
    },
  );
});

describe('look-alikes of the signer', () => {
  const identity = RELEASE.subject.value;
  const named = (value: string, type: Identity['subject']['type'] = 'uri'): Identity => ({
    ...RELEASE,
    subject: { type, value },
  });

  test.each<[string, Identity]>([
    ['a longer name', named(`${identity}-evil`)],
    ['a shorter name', named(identity.slice(0, -1))],
    ['a name before it', named(`https://evil.example/?${identity}`)],
    ['another case', named(identity.replace('acme', 'Acme'))],
    ['a letter of another alphabet', named(identity.replace('a', '\u0430'))],
    ['an escape', named(identity.replace('acme', '%61cme'))],
    ['a repository of a name alike', githubWorkflow('acme/app2')],
    ['an owner of a name alike', githubWorkflow('acme-evil/app')],
    ['another workflow of the repository', githubWorkflow('acme/app', 'test.yml')],
    ['the workflow on another branch', githubWorkflow('acme/app', 'release.yml', 'refs/heads/main2')],
    ['the workflow on a pull request', githubWorkflow('acme/app', 'release.yml', 'refs/pull/1/merge')],
    ['the name as an e-mail address', named(identity, 'email')],
    ['the name as a host', named(identity, 'dns')],
    ['the name as a user name', named(identity, 'other')],
    ['another issuer', { ...RELEASE, issuer: `${RELEASE.issuer}.evil.example` }],
    ['the issuer with a slash', { ...RELEASE, issuer: `${RELEASE.issuer}/` }],
  ])('%s', async (_, signer) => {
    expect(await judge(repositoryOf([signatureOn(image, {}, signer)]))).toEqual(invalid('identity-mismatch'));
  });

  test('a NUL is in no name at all', async () => {
    const signer = named(`${identity}\0.evil.example`);

    expect(await judge(repositoryOf([signatureOn(image, {}, signer)]))).toEqual(invalid('malformed'));
  });
});

describe('another predicate type', () => {
  const require = { attestedBy: 'release', predicateType: SLSA };
  const attest = (type: string, more = {}) => bundleOn(image, sigstore.attest(image.digest, type, {}, RELEASE), more);

  test('than the one that is demanded says nothing to the demand', async () => {
    expect(await judge(repositoryOf([attest(SLSA)]), { require })).toEqual(VERIFIED);
    for (const type of [
      'https://slsa.dev/provenance/v0.2',
      `${SLSA}/`,
      `${SLSA}.1`,
      'HTTPS://slsa.dev/provenance/v1',
    ]) {
      expect(await judge(repositoryOf([attest(type)]), { require })).toEqual(unsigned('no-candidate'));
    }
  });

  test('is not made right by the annotation of the manifest', async () => {
    const annotations = { 'dev.sigstore.bundle.predicateType': SLSA };

    expect(await judge(repositoryOf([attest('https://spdx.dev/Document', { annotations })]), { require })).toEqual(
      unsigned('no-candidate'),
    );
  });

  test('an attestation is no signature, and a signature no attestation', async () => {
    expect(await judge(repositoryOf([attest(SLSA)]))).toEqual(unsigned('no-candidate'));
    expect(await judge(repositoryOf([signatureOn(image)]), { require })).toEqual(unsigned('no-candidate'));
  });

  test('in an .att layer counts for what it is', async () => {
    const att = (type: string) => legacyManifest(sigstore.attestLegacy(image.digest, type, {}, RELEASE), DSSE);
    const under = (manifest: Artifact) =>
      judge({ artifacts: [image, manifest], tags: { [tagOf(image.digest, '.att')]: manifest.digest } }, { require });

    expect(await under(att(SLSA))).toEqual(VERIFIED);
    expect(await under(att('https://slsa.dev/provenance/v0.2'))).toEqual(unsigned('no-candidate'));
  });
});

describe('a malformed referrer', () => {
  const broken: readonly (readonly [string, Artifact, string])[] = [
    ['that is no JSON', artifactOf('{"schemaVersion":2,'), 'malformed-manifest'],
    ['of another schema', artifactOf({ schemaVersion: 1 }), 'malformed-manifest'],
    ['that is about another image', referrerOf(buildImage('another'), [blobOf(BUNDLE, '{}')]), 'other-subject'],
    ['that is about no image', referrerOf(undefined, [blobOf(BUNDLE, '{}')]), 'other-subject'],
    ['whose bundle is no JSON', referrerOf(image, [blobOf(BUNDLE, '{')]), 'malformed'],
    ['whose bundle is empty', bundleOn(image, {}), 'malformed'],
    [
      'whose bundle has a name twice',
      referrerOf(image, [blobOf(BUNDLE, '{"mediaType":"a","mediaType":"b"}')]),
      'malformed',
    ],
    ['whose bundle is nested without end', referrerOf(image, [blobOf(BUNDLE, '['.repeat(10_000))]), 'malformed'],
  ];

  test.each(broken)('%s neither passes nor blocks, and is told', async (_, referrer, code) => {
    const alone = await judge(repositoryOf([referrer]));
    const beside = await judge(repositoryOf([referrer, signatureOn(image)]));

    expect(alone.verdict).not.toBe('verified');
    expect(alone.codes).toContain(code);
    expect(beside.verdict).toBe('verified');
  });
});

describe('more referrers than fit on a page', () => {
  const strangers = Array.from({ length: 54 }, (_, number) =>
    bundleOn(image, sigstore.signImageBundle(image.digest, githubWorkflow(`mallory/app${number}`))),
  );
  const on = async (referrers: readonly Artifact[], more = {}) => {
    await using registry = await startRegistry({
      repository: 'acme/app',
      artifacts: [image, ...referrers],
      tags: { v1: image.digest },
      referrers: referrers.map(({ digest }) => ({ digest })),
      pageSize: 50,
      ...more,
    });
    const { source } = await openSource(`${registry.host}/acme/app:v1`, { environment: { HOME: makeFolder() } });
    const seen = await judge(source);
    const pages = registry.requests.filter(({ line }) => line.includes('/referrers/')).length;
    return { ...seen, pages };
  };

  test('the good one on the second page counts', async () => {
    expect(await on([...strangers, signatureOn(image)])).toEqual({ ...VERIFIED, pages: 2 });
  });

  test('55 by strangers stay what they are', async () => {
    expect(await on([...strangers, signatureOn(image, {}, githubWorkflow('mallory/app'))])).toEqual({
      ...invalid('identity-mismatch'),
      pages: 2,
    });
  });

  test('a second page that cannot be read leaves the image undecided, never unsigned', async () => {
    const override = (path: string) =>
      /[?&]/.test(path) && path.includes('/referrers/') ? { status: 503 } : undefined;

    expect((await on([...strangers, signatureOn(image)], { override })).verdict).toBe('error');
  });
});

describe('an index and what it lists', () => {
  const other = buildImage('for another architecture', 'amd64');
  const index = buildIndex([
    { image, architecture: 'arm64' },
    { image: other, architecture: 'amd64' },
  ]);
  const holding = (...referrers: readonly Artifact[]) =>
    repositoryOf(referrers, { artifacts: [image, other, index, ...referrers] });

  test('the signature of the index is about the index alone', async () => {
    const onIndex = signatureOn(index);

    expect(await judge(holding(onIndex), { digest: index.digest })).toEqual(VERIFIED);
    // Hung on a child it is about another digest, by its subject or, where that lies, by its statement.
    expect(await judge(holding(onIndex))).toEqual(unsigned('no-candidate', 'other-subject'));
    const moved = bundleOn(image, sigstore.signImageBundle(index.digest, RELEASE));
    expect(await judge(holding(moved))).toEqual(invalid('subject-mismatch'));
  });

  test('the signature of a child says nothing about the index, nor about another child', async () => {
    const onChild = sigstore.signImageBundle(image.digest, RELEASE);

    expect(await judge(holding(bundleOn(image, onChild)))).toEqual(VERIFIED);
    expect(await judge(holding(bundleOn(index, onChild)), { digest: index.digest })).toEqual(
      invalid('subject-mismatch'),
    );
    expect(await judge(holding(bundleOn(other, onChild)), { digest: other.digest })).toEqual(
      invalid('subject-mismatch'),
    );
  });
});

describe('a type that lies', () => {
  test.each([
    ['the listing', { listing: { referrers: [] } }],
    ['the manifest', { artifactType: 'application/spdx+json' }],
    ['the config', { config: { mediaType: 'application/spdx+json', digest: digestOf('{}'), size: 2 } }],
  ])('of %s hides no signature', async (where, lie) => {
    const bundle = sigstore.signImageBundle(image.digest, RELEASE);
    const referrer = bundleOn(image, bundle, where === 'the listing' ? {} : lie);
    const referrers = [{ digest: referrer.digest, artifactType: 'application/spdx+json', size: 1 }];

    expect(await judge(repositoryOf([referrer], { listing: { referrers } }))).toEqual(VERIFIED);
  });

  test('makes no signature: an SBOM that calls itself a bundle', async () => {
    const sbom = referrerOf(
      image,
      [blobOf('application/spdx+json', JSON.stringify(sigstore.signImageBundle(image.digest, RELEASE)))],
      {
        artifactType: BUNDLE,
      },
    );
    const referrers = [{ digest: sbom.digest, artifactType: BUNDLE, size: 1 }];

    const seen = await judge(repositoryOf([sbom], { listing: { referrers } }));

    expect(seen.verdict).not.toBe('verified');
  });

  test('a manifest stored as one type that calls itself another is nothing', async () => {
    const bundle = blobOf(BUNDLE, JSON.stringify(sigstore.signImageBundle(image.digest, RELEASE)));
    const two = referrerOf(image, [bundle], { mediaType: 'application/vnd.oci.image.index.v1+json' });
    const both = referrerOf(image, [bundle], { manifests: [] });

    for (const referrer of [two, both]) {
      expect(referrer.mediaType).toBe(MANIFEST);
      expect(await judge(repositoryOf([referrer]))).toEqual(unsigned('no-candidate', 'malformed-manifest'));
    }
  });
});

describe('a tag that moved after the image was verified', () => {
  const next = buildImage('what the tag points to now');

  test('takes nothing along: the digest was signed, not the tag', async () => {
    const signature = signatureOn(image);
    const artifacts = [image, next, signature];

    expect(await judge({ artifacts, tags: { v1: image.digest }, referrers: [signature.digest] })).toEqual(VERIFIED);
    expect(
      await judge({ artifacts, tags: { v1: next.digest }, referrers: [signature.digest] }, { digest: next.digest }),
    ).toEqual(unsigned('no-candidate', 'other-subject'));
  });

  test("nor does cosign's own tag, moved to the signature of the image before", async () => {
    const sig = legacyManifest(sigstore.signLegacy(image.digest, 'registry.test/acme/app', RELEASE), SIMPLE_SIGNING);
    const artifacts = [image, next, sig];

    expect(await judge({ artifacts, tags: { [tagOf(image.digest, '.sig')]: sig.digest } })).toEqual(VERIFIED);
    expect(
      await judge({ artifacts, tags: { [tagOf(next.digest, '.sig')]: sig.digest } }, { digest: next.digest }),
    ).toEqual(invalid('subject-mismatch'));
  });
});

describe('something old that is played again', () => {
  test('a bundle of the release before, with a new referrer about the new image', async () => {
    const before = sigstore.signImageBundle(digestOf('the release before'), RELEASE);

    expect(await judge(repositoryOf([bundleOn(image, before)]))).toEqual(invalid('subject-mismatch'));
  });

  test('a certificate of the past with a signature of today', async () => {
    // A stolen key of a certificate that ended half an hour ago; log and time stamp tell the true time.
    const bad = signatureOn(image, { log: 'v2', timestamp: true, flaws: { expired: true } });

    expect(await judge(repositoryOf([bad]))).toEqual(invalid('certificate-expired'));
  });

  test('an exception that has ended, and one for another image', async () => {
    const exceptions = { exceptions: { approvedBy: 'security', longest: '30d' } };
    const security: Identity = { ...RELEASE, subject: { type: 'uri', value: 'https://acme.example/security' } };
    const terms = {
      reason: 'a fix is on its way',
      issued: new Date(NOON).toISOString(),
      expires: new Date(NOON + 24 * HOUR).toISOString(),
    };
    const on = (digest = image.digest) => bundleOn(image, sigstore.attest(digest, EXCEPTION_TYPE, terms, security));
    const at = (now: number, referrer = on()) => judge(repositoryOf([referrer]), { now, policy: exceptions });

    expect((await at(NOON + HOUR)).verdict).toBe('verified');
    expect(await at(NOON + 24 * HOUR)).toEqual(unsigned('no-candidate'));
    expect(await at(NOON - 1)).toEqual(unsigned('no-candidate'));
    expect((await at(NOON + HOUR, on(digestOf('another image')))).verdict).toBe('unsigned');
  });
});

describe('clocks that differ', () => {
  const v1 = { log: 'v1', timestamp: false } as const;
  const stamped = { log: 'v2', timestamp: true } as const;
  const MINUTE = 60_000;
  // Certificate authority, log, time stamping authority: in the order in which they are asked. The certificate lives for ten minutes.
  test.each<[string, readonly number[], object, object]>([
    ['the log is within the life of the certificate', [0, 9 * MINUTE], v1, VERIFIED],
    ['the log is a second ahead of its end', [0, 10 * MINUTE + 1000], v1, invalid('certificate-expired')],
    ['the log is behind its begin', [0, -1000], v1, invalid('certificate-expired')],
    ['the time stamp is within it', [0, 0, 9 * MINUTE], stamped, VERIFIED],
    ['the time stamp is after its end', [0, 0, 10 * MINUTE + 1000], stamped, invalid('certificate-expired')],
    ['the time stamp is before its begin', [0, 0, -1000], stamped, invalid('certificate-expired')],
    [
      'the log is right and the time stamp is late',
      [0, 0, 11 * MINUTE],
      { ...v1, timestamp: true },
      invalid('certificate-expired'),
    ],
    [
      'the time stamp is right and the log is late',
      [0, 11 * MINUTE, 0],
      { ...v1, timestamp: true },
      invalid('certificate-expired'),
    ],
    ['all of them are before the root began', [-2 * HOUR, -2 * HOUR, -2 * HOUR], v1, invalid('bad-log-entry')],
  ])('%s', async (_, times, options, expected) => {
    const bundle = signAt(
      times.map((offset) => NOON + offset),
      () => sigstore.signImageBundle(image.digest, RELEASE, options),
    );

    expect(await judge(repositoryOf([bundleOn(image, bundle)]))).toEqual(expected);
  });

  test('the clock of whoever verifies does not matter to a signature with a trusted time', async () => {
    const good = repositoryOf([signatureOn(image)]);
    const bad = repositoryOf([signatureOn(image, { flaws: { expired: true } })]);

    for (const now of [0, NOON, Date.UTC(2099, 0, 1)]) {
      expect(await judge(good, { now })).toEqual(VERIFIED);
      expect(await judge(bad, { now })).toEqual(invalid('certificate-expired'));
    }
  });
});

describe('a Notary Project signature', () => {
  const DAY = 24 * HOUR;
  const life = { notBefore: NOON - 30 * DAY, notAfter: NOON + 30 * DAY };
  const chain = issueChain({ leaf: life });
  const stranger = issueChain({ leaf: life });
  const descriptor = { mediaType: MANIFEST, digest: image.digest, size: image.manifest.length };
  const signed = { signingTime: NOON - HOUR, payload: { targetArtifact: descriptor } };
  const on = (envelope: Buffer, mediaType: string) =>
    referrerOf(image, [{ mediaType, bytes: envelope, digest: digestOf(envelope) }], {
      artifactType: 'application/vnd.cncf.notary.signature',
    });
  const look = (envelope: Buffer, mediaType: string) =>
    judge(repositoryOf([on(envelope, mediaType)]), {
      require: { signedBy: 'notary' },
      notary: [chain.root.certificate],
    });

  test.each([
    ['application/jose+json', signJws],
    ['application/cose', signCose],
  ] as const)('as %s', async (mediaType, sign) => {
    const other = { ...descriptor, digest: digestOf('another image') };
    const ended = issueChain({ leaf: { ...life, notAfter: NOON - DAY } });
    const named = issueChain({ leaf: { ...life, name: acmeName('Acme Releases') } });

    expect(await look(sign(chain, signed), mediaType)).toEqual(VERIFIED);
    expect(await look(sign(chain, { ...signed, payload: { targetArtifact: other } }), mediaType)).toEqual(
      invalid('subject-mismatch'),
    );
    expect(
      await look(sign(chain, { ...signed, payload: { targetArtifact: { ...descriptor, size: 1 } } }), mediaType),
    ).toEqual(invalid('subject-mismatch'));
    expect(await look(sign(stranger, signed), mediaType)).toEqual(invalid('untrusted-certificate'));
    expect(await look(sign(chain, { ...signed, keys: stranger.leaf.keys }), mediaType)).toEqual(
      invalid('bad-signature'),
    );
    expect(await look(sign(chain, { ...signed, expiry: NOON - 1000 }), mediaType)).toEqual(
      invalid('signature-expired'),
    );
    const under = (own: typeof chain) =>
      judge(repositoryOf([on(sign(own, signed), mediaType)]), {
        require: { signedBy: 'notary' },
        notary: [own.root.certificate],
      });
    expect(await under(ended)).toEqual(invalid('certificate-not-valid'));
    expect(await under(named)).toEqual(invalid('untrusted-identity'));
  });

  test('in a manifest with two envelopes is none', async () => {
    const envelope = signJws(chain, signed);
    const layer = { mediaType: 'application/jose+json', bytes: envelope, digest: digestOf(envelope) };
    const two = referrerOf(image, [layer, layer], { artifactType: 'application/vnd.cncf.notary.signature' });

    expect(
      await judge(repositoryOf([two]), { require: { signedBy: 'notary' }, notary: [chain.root.certificate] }),
    ).toEqual(unsigned('no-candidate', 'malformed-manifest'));
  });
});
