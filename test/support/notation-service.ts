import { hashConfig } from '../../lambdas/core/config/hash.ts';
import { parseCompiledConfig } from '../../lambdas/core/config/parse-compiled.ts';
import type { CompiledQuarantine } from '../../lambdas/core/config/quarantine.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { ensureRepository, pushArtifact } from '../../local/scenarios/pushing.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { type Artifact, buildImage, MANIFEST } from '../../local/sigstore/images.ts';
import { type EnvelopeOptions, signJws } from './notation-envelopes.ts';
import { DAY, HOUR, type Issued, issue, issueChain, ocspAt } from './notation-kit.ts';
import { OCSP_URL } from './notation-network.ts';
import { answerOcsp } from './notation-responders.ts';

/** The repositories whose images need a Notary Project signature. */
export const NOTARY_REPOSITORY = 'notary/app';
const SIGNER = 'notary-release';
const POLICY = 'notary-images';

/** An authority whose responder says what a test wants it to say. */
export interface Authority {
  readonly root: Issued;
  /** What the responder answers from now on; `silent`: nothing at all, `failing`: 503. */
  says: 'good' | 'revoked' | 'silent' | 'failing';
  /** How long an answer holds, milliseconds. */
  holdsFor: number;
  /** How often it was asked. */
  asked: number;
  sign(image: Artifact, options?: EnvelopeOptions): Artifact;
  readonly fetch: typeof fetch;
  /** The same authority over a network of its own: it is asked, and answers, by itself. */
  seenFromElsewhere(): Authority;
}

/** An authority of its own; what it does not answer goes on to `next`. */
export function createAuthority(clock: { now(): number }, next: () => typeof fetch): Authority {
  const start = clock.now();
  const times = { notBefore: start - 30 * DAY, notAfter: start + 300 * DAY };
  const { root, intermediate } = issueChain({ root: times, intermediate: times });
  const leaf = issue({ issuer: intermediate, ...times, more: [ocspAt(OCSP_URL)] });
  const chain = { root, intermediate, leaf, chain: [leaf, intermediate, root].map(({ certificate }) => certificate) };
  return openNetwork();

  function openNetwork(): Authority {
    const authority: Authority = {
      root,
      says: 'good',
      holdsFor: 6 * HOUR,
      asked: 0,
      seenFromElsewhere: openNetwork,
      sign: (image, options = {}) => {
        const { mediaType, digest, manifest } = image;
        const payload = { targetArtifact: { mediaType, digest, size: manifest.length } };
        // Whole seconds: the header has no others.
        const signingTime = Math.floor(clock.now() / 1000) * 1000 - 60_000;
        return buildReferrer(image, signJws(chain, { payload, signingTime, ...options }));
      },
      fetch: async (input, init) => {
        const url = input instanceof Request ? input.url : String(input);
        if (url !== OCSP_URL) return next()(input, init);
        authority.asked += 1;
        const { says, holdsFor } = authority;
        if (says === 'silent') throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
        if (says === 'failing') return new Response('', { status: 503 });
        const now = clock.now();
        const moments = { thisUpdate: now - 1000, producedAt: now - 1000, nextUpdate: now + holdsFor };
        return new Response(new Uint8Array(answerOcsp(leaf, intermediate, { status: says, ...moments })));
      },
    };
    return authority;
  }
}

/** The referrer by which `notation sign` hangs an envelope on an image. */
function buildReferrer(subject: Artifact, envelope: Buffer): Artifact {
  const blob = (mediaType: string, bytes: Buffer) => ({ digest: digestOf(bytes), mediaType, bytes });
  const [config, layer] = [
    blob('application/vnd.oci.empty.v1+json', Buffer.from('{}')),
    blob('application/jose+json', envelope),
  ];
  const describe = (one: typeof config) => ({ mediaType: one.mediaType, digest: one.digest, size: one.bytes.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: 'application/vnd.cncf.notary.signature',
      config: describe(config),
      layers: [describe(layer)],
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.manifest.length },
    }),
  );
  return { mediaType: MANIFEST, manifest, digest: digestOf(manifest), blobs: [config, layer] };
}

export interface NotaryTerms {
  readonly revocation?: 'required' | 'not-required';
  readonly quarantine?: CompiledQuarantine;
}

/** A compiled configuration of the embedded account that also wants the images of `notary` signed by the authority. */
export function withNotary(
  compiled: string,
  { root }: Authority,
  { revocation = 'required', quarantine }: NotaryTerms,
) {
  const { hash: _hash, ...rest } = JSON.parse(compiled);
  const { policy } = rest.trust;
  const notation = { ca: ['root.pem'], identities: ['*'], revocation };
  const require = { signedBy: SIGNER };
  const images = [{ name: POLICY, repositories: ['notary/*'], require, platformImages: 'covered' }, ...policy.images];
  const pem = `-----BEGIN CERTIFICATE-----\n${root.certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const config = {
    ...rest,
    images: { ...rest.images, ...(quarantine !== undefined && { quarantine }) },
    trust: {
      ...rest.trust,
      policy: { ...policy, signers: { ...policy.signers, [SIGNER]: { notation } }, images },
      stores: { ...rest.trust.stores, [SIGNER]: { ca: [pem] } },
    },
  };
  return JSON.stringify(parseCompiledConfig(JSON.stringify({ ...config, hash: hashConfig(config) })));
}

/** Images that fail go into the archive at once. */
export const ENFORCED: CompiledQuarantine = {
  policies: { [POLICY]: { mode: 'enforce', upTo: 'archive' } },
  protectedRepositories: [],
  limits: { perPolicyAndHour: 20, perRepositoryAndHour: 20 },
};

/** An image with a signature of the authority on it. */
export function signedByNotary(authority: Authority, options: (now: number) => EnvelopeOptions = () => ({})): Scenario {
  return {
    name: 'signed-by-notary',
    title: 'Signed with Notation',
    expectation: 'The image is verified by the authority that the policy names.',
    expected: { state: 'verified', finding: 'archived' },
    run: async (world) => {
      const image = buildImage(`#!/bin/sh\necho notary ${world.nextNumber()}\n`);
      await ensureRepository(world, NOTARY_REPOSITORY);
      await pushArtifact(world, NOTARY_REPOSITORY, image, `v${world.nextNumber()}`);
      await pushArtifact(world, NOTARY_REPOSITORY, authority.sign(image, options(world.account.clock.now())));
      return { kind: 'image', repository: NOTARY_REPOSITORY, digest: image.digest };
    },
  };
}

/** The functions with that configuration and network. The authority of a function is asked for when it is made. */
export function loadWithNotary(authorityOf: (name: string) => Authority, terms: NotaryTerms = {}) {
  return async (name: string) => {
    const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
    return {
      createHandler: (wiring: { readonly readCompiledConfig: () => string }) =>
        createHandler({
          ...wiring,
          fetch: authorityOf(name).fetch,
          readCompiledConfig: () => withNotary(wiring.readCompiledConfig(), authorityOf(name), terms),
        }),
    };
  };
}
