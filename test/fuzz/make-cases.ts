import { mkdirSync, writeFileSync } from 'node:fs';
import { digestOf } from '../../lambdas/core/digest.ts';
import { parseBundle } from '../../lambdas/core/signature/bundle.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { buildImage } from '../../local/sigstore/images.ts';
import { createPrivateSigstore, type LegacyLayer } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';
import { ARTIFACT, signCose, signJws } from '../support/notation-envelopes.ts';
import { acmeName, DAY, generateRsaKey, issueChain, NOW as NOTATION_NOW } from '../support/notation-kit.ts';
import { answerOcsp, issueCrl } from '../support/notation-responders.ts';
import { createStamper, stamp } from '../support/notation-stamps.ts';

/**
 * Makes `test/fixtures/fuzz/cases.json`: valid inputs of every verifier, signed by the kit in local/sigstore and by the Notation kit of the tests. They are kept, and not
 * made anew in each run, because their keys and signatures are random: with them one seed means the same inputs on every machine. Run: `node test/fuzz/make-cases.ts`.
 */
const NOW = Date.UTC(2026, 10, 23, 12);
const SLSA = 'https://slsa.dev/provenance/v1';

interface Written {
  readonly name: string;
  readonly target: string;
  /** JSON is kept as text, so that it can be read; everything else in base64. */
  readonly text?: string;
  readonly base64?: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const cases: Written[] = [];
const addText = (target: string, name: string, text: string, context = {}) =>
  cases.push({ name, target, text, context });
const addBytes = (target: string, name: string, bytes: Buffer, context = {}) =>
  cases.push({ name, target, base64: bytes.toString('base64'), context });

function addSigstore(): unknown {
  // Each signature has a minute of its own: a time taken from another one is another time.
  let minute = 0;
  const sigstore = createPrivateSigstore({ now: () => NOW + minute * 60_000 });
  const later = <T>(made: T): T => {
    minute += 1;
    return made;
  };
  const root = 'private';
  const artifact = Buffer.from('an artifact');
  const image = digestOf('an image');
  const signer = githubWorkflow('acme/app');
  const key = createSigningKey();
  const pinned = { root, key: key.publicKeyPem };
  // Entries of others in the logs, so that proofs have hashes.
  for (const log of ['v1', 'v2', 'v1', 'v2', 'v1', 'v2'] as const)
    sigstore.signArtifact(artifact, signer, { log, timestamp: false });
  const predicate = {
    buildDefinition: { buildType: 'https://acme.example/build', externalParameters: { a: 1 } },
    runDetails: { builder: { id: 'https://acme.example/builder' } },
  };
  const inOneLog = { log: 'v1', timestamp: true } as const;
  const artifactContext = { root, artifact: artifact.toString('base64') };
  const bundles = [
    ['message, v1', later(sigstore.signArtifact(artifact, signer, { log: 'v1' })), artifactContext],
    ['message, v1 and stamp', later(sigstore.signArtifact(artifact, signer, inOneLog)), artifactContext],
    ['message, v2', later(sigstore.signArtifact(artifact, signer, { log: 'v2', timestamp: true })), artifactContext],
    ['statement, v1', later(sigstore.attest(image, SLSA, predicate, signer, { log: 'v1' })), { root }],
    ['statement, v2', later(sigstore.attest(image, SLSA, predicate, signer, { log: 'v2', timestamp: true })), { root }],
    ['key, v1', later(sigstore.signImageBundle(image, key, { log: 'v1' })), pinned],
    ['key, v2', later(sigstore.signImageBundle(image, key, { log: 'v2', timestamp: true })), pinned],
    [
      'key alone',
      later(sigstore.signImageBundle(digestOf('a third image'), key)),
      { key: key.publicKeyPem, log: 'not-required' },
    ],
  ] as const;
  for (const [name, bundle, context] of bundles) {
    const bytes = Buffer.from(JSON.stringify(bundle));
    addText('bundle', name, bytes.toString(), context);
    const { certificate, entries, timestamps, stamped } = parseBundle(bytes);
    if (certificate !== undefined && name.startsWith('message'))
      addBytes('certificate', name, Buffer.from(certificate.der), { root, at: certificate.notBefore });
    for (const time of timestamps)
      addBytes('timestamp', name, Buffer.from(time), { root, signed: Buffer.from(stamped).toString('base64') });
    for (const { body, logId, proof } of entries) {
      addText('log-entry', name, body.toString(), { ...context, bundle: bytes.toString('base64') });
      if (proof?.checkpoint !== undefined) addText('checkpoint', name, proof.checkpoint, { root, logId });
    }
  }
  const reference = 'registry.test/acme/app';
  const layers: readonly (readonly [string, 'simple-signing' | 'dsse', LegacyLayer, object])[] = [
    ['.sig', 'simple-signing', later(sigstore.signLegacy(image, reference, signer)), { root }],
    ['.sig with stamp', 'simple-signing', later(sigstore.signLegacy(image, reference, signer, inOneLog)), { root }],
    [
      '.sig by key',
      'simple-signing',
      later(sigstore.signLegacy(image, reference, key)),
      { key: key.publicKeyPem, log: 'not-required' },
    ],
    ['.att', 'dsse', later(sigstore.attestLegacy(image, SLSA, predicate, signer)), { root }],
    ['.att with stamp', 'dsse', later(sigstore.attestLegacy(image, SLSA, predicate, signer, inOneLog)), { root }],
  ];
  for (const [name, format, layer, context] of layers) {
    const text = JSON.stringify({ format, layer: layer.bytes.toString('base64'), annotations: layer.annotations });
    addText('cosign-layer', name, text, context);
  }
  addImages(sigstore, key);
  return sigstore.trustedRoot();
}

/** Repositories that hold everything but what the policy demands. */
function addImages(sigstore: ReturnType<typeof createPrivateSigstore>, key: ReturnType<typeof createSigningKey>): void {
  const artifact = buildImage('the image in question');
  const other = digestOf('another image');
  const signer = githubWorkflow('acme/app');
  const strange = githubWorkflow('mallory/app');
  const layerOf = (bundle: unknown) => ({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    bytes: Buffer.from(JSON.stringify(bundle)).toString('base64'),
  });
  const manifestOf = (layers: readonly object[], more: object = {}) => ({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 },
    layers,
    ...more,
  });
  const referrer = (bundle: unknown) => manifestOf([layerOf(bundle)], { subject: 'image' });
  const legacy = ({ bytes, annotations }: LegacyLayer, mediaType: string) => ({
    mediaType,
    bytes: bytes.toString('base64'),
    annotations: {
      'dev.cosignproject.cosign/signature': annotations.signature,
      'dev.sigstore.cosign/certificate': annotations.certificate,
      'dev.sigstore.cosign/bundle': annotations.bundle,
    },
  });
  const sigType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  const attType = 'application/vnd.dsse.envelope.v1+json';
  const { digest } = artifact;
  const repositories = [
    [
      'signed for another image',
      {
        referrers: [referrer(sigstore.signImageBundle(other, signer)), referrer(sigstore.signImageBundle(other, key))],
      },
    ],
    [
      'signed by a stranger',
      {
        referrers: [
          referrer(sigstore.signImageBundle(digest, strange)),
          referrer(sigstore.signImageBundle(digest, createSigningKey())),
        ],
      },
    ],
    [
      'an SBOM by the right one, a signature by a stranger',
      {
        referrers: [
          referrer(sigstore.attest(digest, 'https://spdx.dev/Document', {}, signer)),
          referrer(sigstore.signImageBundle(digest, strange)),
        ],
      },
    ],
    [
      'altered',
      {
        referrers: [
          referrer(sigstore.signImageBundle(digest, signer, { flaws: { wrongSignature: true } })),
          referrer(sigstore.signImageBundle(digest, signer, { flaws: { untrustedAuthority: true } })),
        ],
      },
    ],
    [
      'legacy layers of another image and by a stranger',
      {
        sig: [
          manifestOf([
            legacy(sigstore.signLegacy(other, 'registry.test/acme/app', signer), sigType),
            legacy(sigstore.signLegacy(digest, 'registry.test/acme/app', strange), sigType),
          ]),
        ],
        att: [
          manifestOf([
            legacy(sigstore.attestLegacy(digest, SLSA, {}, strange), attType),
            legacy(sigstore.attestLegacy(other, SLSA, {}, signer), attType),
          ]),
        ],
        referrers: [],
      },
    ],
  ] as const;
  const policy = {
    version: 1,
    roots: { sigstore: { file: 'root.json' } },
    signers: {
      release: {
        keyless: {
          root: 'sigstore',
          issuer: signer.issuer,
          identity: signer.subject.value,
          transparencyLog: 'required',
          certificateTimestamp: 'required',
        },
      },
      key: { key: { file: 'key.pub' }, transparencyLog: 'not-required' },
    },
    images: [
      {
        name: 'fuzz',
        repositories: ['acme/**'],
        require: {
          any: [{ signedBy: 'release' }, { signedBy: 'key' }, { attestedBy: 'release', predicateType: SLSA }],
        },
      },
    ],
    otherRepositories: 'refuse',
  };
  const context = { root: 'private', policy, key: key.publicKeyPem, image: artifact.manifest.toString('base64') };
  for (const [name, repository] of repositories) addText('image', name, JSON.stringify(repository), context);
}

function addNotation(): void {
  const base = (anchors: readonly Buffer[], stampRoots: readonly Buffer[] = []) => ({
    anchors: anchors.map((der) => der.toString('base64')),
    stampRoots: stampRoots.map((der) => der.toString('base64')),
    identity: 'x509.subject: C=US, ST=WA, O=Acme',
    ...ARTIFACT,
    now: NOTATION_NOW,
  });
  const chain = issueChain();
  const rsa = issueChain({ leaf: { keys: generateRsaKey(2048) } });
  // The certificate has ended: only the time stamp lets the signature count, so that every part of the envelope matters.
  const ended = issueChain({ leaf: { notBefore: NOTATION_NOW - 10 * DAY, notAfter: NOTATION_NOW - 5 * DAY } });
  const whole = createStamper();
  // The root comes from the store; its copy in the token counts for nothing.
  const stamper = { ...whole, offered: whole.offered.slice(0, 1) };
  const stamped = {
    signingTime: NOTATION_NOW - 7 * DAY,
    expiry: NOTATION_NOW + DAY,
    timestamp: (signature: Buffer) => stamp(stamper, signature, { at: NOTATION_NOW - 6 * DAY }),
  };
  const authority = { authority: true, expiry: NOTATION_NOW + DAY };
  const cases = [
    ['ECDSA', chain, {}, base([chain.root.certificate])],
    ['RSA', rsa, {}, base([rsa.root.certificate])],
    ['ended and stamped', ended, stamped, base([ended.root.certificate], [stamper.root.certificate])],
    ['signing authority', chain, authority, { ...base([chain.root.certificate]), authority: true }],
  ] as const;
  for (const [name, by, options, context] of cases) {
    addText('jws', name, signJws(by, options).toString(), context);
    addBytes('cose', name, signCose(by, options), context);
  }
  const { leaf, intermediate } = chain;
  const question = {
    certificate: leaf.certificate.toString('base64'),
    issuer: intermediate.certificate.toString('base64'),
    now: NOTATION_NOW,
  };
  addBytes(
    'crl',
    'revoked',
    issueCrl(intermediate, { revoked: [{ serial: Buffer.alloc(16, 0x33) }, { serial: leaf.serial }] }),
    question,
  );
  addBytes('ocsp', 'revoked', answerOcsp(leaf, intermediate, { status: 'revoked' }), question);
  const delegate = issueChain();
  addBytes('ocsp', 'good, of another', answerOcsp(delegate.leaf, delegate.intermediate), question);
  addBytes('crl', 'empty, of another', issueCrl(delegate.intermediate, { name: acmeName('Acme CA') }), question);
}

const root = addSigstore();
addNotation();
const folder = new URL('../fixtures/fuzz/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('cases.json', folder), `${JSON.stringify({ roots: { private: root }, cases }, null, 1)}\n`);
