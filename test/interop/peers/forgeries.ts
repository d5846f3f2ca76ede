import { z } from 'zod';
import type { Manifest, StoredManifest } from '../harness/registry.ts';
import type { SignedImage } from '../harness/signing.ts';

/** What an attacker with the right to push could write, made of real signatures. */

const legacyTag = (digest: string, kind: 'sig' | 'att' = 'sig') => `${digest.replace(':', '-')}.${kind}`;

/** The one referrer of an image. */
async function readBundle({ registry, repository, digest }: SignedImage): Promise<StoredManifest> {
  const [referrer] = await registry.referrers(repository, digest);
  return registry.readManifest(repository, z.string().parse(referrer?.digest));
}

/** Hangs the bundle of one image onto another in the same repository. */
export async function transplantBundle(from: SignedImage, to: SignedImage): Promise<void> {
  const { manifest } = await readBundle(from);
  const subject = await to.registry.readManifest(to.repository, to.digest);
  await to.registry.writeManifest(to.repository, {
    ...manifest,
    subject: { mediaType: subject.manifest.mediaType, digest: to.digest, size: Buffer.byteLength(subject.text) },
  });
}

/** Gives the `.sig` manifest of one image to another. */
export async function transplantLegacy(from: SignedImage, to: SignedImage): Promise<void> {
  const { manifest } = await from.registry.readManifest(from.repository, legacyTag(from.digest));
  await to.registry.writeManifest(to.repository, manifest, legacyTag(to.digest));
}

/** Gives the `.att` manifest of one image to another. */
export async function transplantAttestation(from: SignedImage, to: SignedImage): Promise<void> {
  const { manifest } = await from.registry.readManifest(from.repository, legacyTag(from.digest, 'att'));
  await to.registry.writeManifest(to.repository, manifest, legacyTag(to.digest, 'att'));
}

/** Adds a bundle whose signature is other by one bit, with all digests right. */
export async function addTamperedBundle(image: SignedImage): Promise<void> {
  const { registry, repository } = image;
  const { manifest } = await readBundle(image);
  const [layer] = manifest.layers;
  const blob = await registry.readBlob(repository, z.string().parse(layer?.digest));
  const bundle = envelope.parse(JSON.parse(blob.toString()));
  const signatures = bundle.dsseEnvelope.signatures.map((one) => ({ ...one, sig: flipBit(one.sig) }));
  const bytes = Buffer.from(JSON.stringify({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, signatures } }));
  const written = await registry.writeBlob(repository, bytes);
  const layers = [{ ...layer, ...written, mediaType: layer?.mediaType ?? written.mediaType }];
  await registry.writeManifest(repository, { ...manifest, layers });
}

const envelope = z.looseObject({
  dsseEnvelope: z.looseObject({ signatures: z.array(z.looseObject({ sig: z.string() })) }),
});

/** Puts the signature of one image's bundle, over a payload about the other, onto the other. */
export async function addRewrittenBundle(from: SignedImage, to: SignedImage): Promise<void> {
  const { registry, repository } = to;
  const { manifest } = await readBundle(from);
  const [layer] = manifest.layers;
  const blob = await from.registry.readBlob(from.repository, z.string().parse(layer?.digest));
  const bundle = payload.parse(JSON.parse(blob.toString()));
  const about = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replaceAll(hexOf(from), hexOf(to));
  const dsseEnvelope = { ...bundle.dsseEnvelope, payload: Buffer.from(about).toString('base64') };
  const written = await registry.writeBlob(repository, Buffer.from(JSON.stringify({ ...bundle, dsseEnvelope })));
  const subject = await registry.readManifest(repository, to.digest);
  const rewritten: Manifest = {
    ...manifest,
    layers: [{ ...layer, ...written, mediaType: layer?.mediaType ?? written.mediaType }],
    subject: { mediaType: subject.manifest.mediaType, digest: to.digest, size: Buffer.byteLength(subject.text) },
  };
  await registry.writeManifest(repository, rewritten);
}

const payload = z.looseObject({ dsseEnvelope: z.looseObject({ payload: z.string() }) });
const hexOf = ({ digest }: SignedImage) => digest.slice('sha256:'.length);

/** Flips one bit of the `.sig` signature. */
export async function tamperLegacy({ registry, repository, digest }: SignedImage): Promise<void> {
  const { manifest } = await registry.readManifest(repository, legacyTag(digest));
  const layers = manifest.layers.map((layer) => {
    const annotations = z.record(z.string(), z.string()).parse(layer.annotations);
    const signature = flipBit(annotations[SIGNATURE] ?? '');
    return { ...layer, annotations: { ...annotations, [SIGNATURE]: signature } };
  });
  await registry.writeManifest(repository, { ...manifest, layers }, legacyTag(digest));
}

const SIGNATURE = 'dev.cosignproject.cosign/signature';

function flipBit(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes.toString('base64');
}
