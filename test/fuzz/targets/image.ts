import { type Digest, digestOf, hexOf, parseDigest } from '../../../lambdas/core/digest.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';
import { verifyImage } from '../../../lambdas/core/images/verify-image.ts';
import { loadTrustMaterial } from '../../../lambdas/core/trust/material.ts';
import { trustPolicySchema } from '../../../lambdas/core/trust/policy.ts';
import type { Artifact } from '../../../local/sigstore/images.ts';
import { memorySource } from '../../support/memory-source.ts';
import { mutateJson } from '../mutate/json.ts';
import { bytesOf, type Context, type Target, textOf } from '../target.ts';

const NOW = Date.UTC(2026, 10, 23, 13);
const NAME = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * A whole repository as an attacker may fill it, who has every public signature and no key: `{referrers, sig, att, fallback}`, each a list of manifests with their
 * layers inside (`layers[].bytes`, base64). Nothing in the cases is what the policy demands, so no change whatever may verify the image.
 */
export const image: Target = {
  share: 10,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => {
    const subject = { mediaType: MANIFEST, bytes: bytesOf(context, 'image') };
    const digest = digestOf(subject.bytes);
    const material = loadMaterial(context);
    return async (input) => {
      const observation = await verifyImage({
        source: memorySource(fillRepository(input, { ...subject, digest })),
        digest,
        repository: 'acme/app',
        material,
        limits: LIMITS,
        clock: () => NOW,
      });
      const verdict = observation.kind === 'decided' ? observation.decision.verdict : observation.kind;
      return verdict === 'verified' ? { kind: 'accepted', says: 'verified' } : { kind: 'refused', code: verdict };
    };
  },
};

function loadMaterial(context: Context) {
  const policy = trustPolicySchema.parse(context.policy);
  return loadTrustMaterial({
    policy,
    roots: { sigstore: context.root },
    keys: { key: textOf(context, 'key') },
    stores: {},
  });
}

interface Subject {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** Builds the repository out of whatever JSON it is given. Digests and sizes of layers are filled in, so that what was changed inside of them is reached. */
function fillRepository(input: Buffer, subject: Subject) {
  const json = parse(input);
  const listed = (name: string) => listMembers(json, name).map((one) => buildArtifact(one, subject));
  const referrers = listed('referrers');
  const tagged = { sig: listed('sig')[0], att: listed('att')[0], fallback: listed('fallback')[0] };
  const tag = `sha256-${hexOf(subject.digest)}`;
  const image: Artifact = { mediaType: subject.mediaType, manifest: subject.bytes, digest: subject.digest, blobs: [] };
  return {
    name: NAME,
    artifacts: [image, ...referrers, ...Object.values(tagged).filter((one) => one !== undefined)],
    referrers: referrers.map(({ digest }) => digest),
    tags: {
      ...(tagged.sig && { [`${tag}.sig`]: tagged.sig.digest }),
      ...(tagged.att && { [`${tag}.att`]: tagged.att.digest }),
      ...(tagged.fallback && { [tag]: tagged.fallback.digest }),
    },
  };
}

function buildArtifact(one: unknown, subject: Subject): Artifact {
  const members = isObject(one) ? one : {};
  const blobs: Artifact['blobs'][number][] = [];
  const layers = Array.isArray(members.layers)
    ? members.layers.map((layer: unknown) => {
        const { bytes, ...descriptor } = isObject(layer) ? layer : { bytes: layer };
        const content = Buffer.from(typeof bytes === 'string' ? bytes : '', 'base64');
        const digest = digestOf(content);
        blobs.push({ mediaType: String(descriptor.mediaType), digest, bytes: content });
        return { digest, size: content.length, ...descriptor };
      })
    : members.layers;
  const about = { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length };
  const manifest = Buffer.from(
    JSON.stringify({ ...members, layers, ...(members.subject === 'image' && { subject: about }) }),
  );
  return { mediaType: MANIFEST, manifest, digest: parseDigest(digestOf(manifest)), blobs };
}

function parse(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}

function listMembers(json: unknown, name: string): readonly unknown[] {
  const value = isObject(json) ? json[name] : undefined;
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
