import { type Digest, hexOf } from '../../lambdas/core/digest.ts';
import { type ArtifactSource, LIMITS } from '../../lambdas/core/images/source.ts';
import { verifyImage } from '../../lambdas/core/images/verify-image.ts';
import { loadTrustMaterial } from '../../lambdas/core/trust/material.ts';
import { trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { toPem } from '../../local/sigstore/certificates.ts';
import { githubWorkflow, type Identity } from '../../local/sigstore/fulcio.ts';
import { type Artifact, buildImage } from '../../local/sigstore/images.ts';
import { createPrivateSigstore, type LegacyLayer, type SigningOptions } from '../../local/sigstore/private-sigstore.ts';
import {
  BUNDLE,
  blobOf,
  type DSSE,
  type MemoryRepository,
  memorySource,
  referrerOf,
  type SIMPLE_SIGNING,
} from './memory-source.ts';

export const NOON = Date.UTC(2026, 10, 23, 12);
export const SLSA = 'https://slsa.dev/provenance/v1';
/** Whom the signer `notary` accepts. */
export const NOTARY = 'x509.subject: C=US, ST=WA, O=Acme, CN=Acme Release';
export const RELEASE = githubWorkflow('acme/app');

/** What the clocks of the signing services say from now on: one moment for each time they are asked, the last one for ever. */
const clock = { next: [NOON] };

/** A private Sigstore whose clocks can be set by `signAt`. */
export const sigstore = createPrivateSigstore({
  now: () => {
    const [now = NOON, ...rest] = clock.next;
    if (rest.length > 0) clock.next = rest;
    return now;
  },
});

/** Signs with the clocks of certificate authority, log and time stamping authority set one after another, in the order in which they are asked. */
export function signAt<T>(times: readonly number[], sign: () => T): T {
  clock.next = [...times];
  try {
    return sign();
  } finally {
    clock.next = [NOON];
  }
}

/** The image in question. */
export const image = buildImage('the image in question');

/** A referrer of an image with one bundle in it. */
export function bundleOn(subject: Artifact, bundle: unknown, more: Readonly<Record<string, unknown>> = {}): Artifact {
  return referrerOf(subject, [blobOf(BUNDLE, JSON.stringify(bundle))], { artifactType: BUNDLE, ...more });
}

/** What `cosign sign` hangs on the image. */
export function signatureOn(subject: Artifact, options: SigningOptions = {}, signer: Identity = RELEASE): Artifact {
  return bundleOn(subject, sigstore.signImageBundle(subject.digest, signer, options));
}

/** The manifest under a `.sig` or `.att` tag. */
export function legacyManifest(layer: LegacyLayer, mediaType: typeof SIMPLE_SIGNING | typeof DSSE): Artifact {
  const { signature, certificate, bundle, rfc3161timestamp } = layer.annotations;
  const annotations = {
    'dev.cosignproject.cosign/signature': signature,
    'dev.sigstore.cosign/certificate': certificate,
    'dev.sigstore.cosign/bundle': bundle,
    'dev.sigstore.cosign/rfc3161timestamp': rfc3161timestamp,
  };
  return referrerOf(undefined, [{ ...blobOf(mediaType, layer.bytes.toString()), annotations }]);
}

export const tagOf = (digest: Digest, suffix = ''): string => `sha256-${hexOf(digest)}${suffix}`;

/** A repository with the image and referrers of it. */
export function repositoryOf(referrers: readonly Artifact[], more: Partial<MemoryRepository> = {}): MemoryRepository {
  return {
    artifacts: [image, ...referrers],
    referrers: referrers.map(({ digest }) => digest),
    ...more,
  };
}

export interface Seen {
  readonly verdict: string;
  /** The codes of all reasons, each once, in order. */
  readonly codes: readonly string[];
}

export interface JudgeOptions {
  /** Default: signed by the release workflow. */
  readonly require?: object;
  /** Default: that of the image in question. */
  readonly digest?: Digest;
  /** Unix milliseconds. */
  readonly now?: number;
  /** More of the image policy. */
  readonly policy?: object;
  /** The certificates that the signer `notary` trusts, DER. */
  readonly notary?: readonly Buffer[];
}

/** What the policy makes of an image: signed by the release workflow, unless it demands something else. */
export async function judge(where: MemoryRepository | ArtifactSource, options: JudgeOptions = {}): Promise<Seen> {
  const { require = { signedBy: 'release' }, digest = image.digest, now = NOON + 3_600_000 } = options;
  const notary = options.notary?.map(toPem);
  const keyless = { root: 'sigstore', issuer: RELEASE.issuer, identity: RELEASE.subject.value };
  const policy = trustPolicySchema.parse({
    version: 1,
    roots: { sigstore: { file: 'root.json' } },
    signers: {
      release: { keyless },
      security: { keyless: { ...keyless, identity: 'https://acme.example/security' } },
      ...(notary && { notary: { notation: { ca: ['ca.crt'], identities: [NOTARY], revocation: 'required' } } }),
    },
    images: [{ name: 'app', repositories: ['acme/**'], require, ...options.policy }],
    otherRepositories: 'refuse',
  });
  const root: unknown = JSON.parse(JSON.stringify(sigstore.trustedRoot()));
  const observation = await verifyImage({
    source: 'readManifests' in where ? where : memorySource(where),
    digest,
    repository: 'acme/app',
    material: loadTrustMaterial({
      policy,
      roots: { sigstore: root },
      keys: {},
      stores: notary === undefined ? {} : { notary: { ca: notary } },
    }),
    limits: LIMITS,
    clock: () => now,
  });
  if (observation.kind !== 'decided') return { verdict: observation.kind, codes: [] };
  const { verdict, reasons } = observation.decision;
  return { verdict, codes: [...new Set(reasons.map(({ code }) => code))] };
}
