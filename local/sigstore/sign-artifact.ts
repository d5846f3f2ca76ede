import { createHash } from 'node:crypto';
import { describeHashedRekordV1, describeHashedRekordV2 } from './log-bodies.ts';
import type { SigstoreServices } from './services.ts';
import { BUNDLE_MEDIA_TYPE, type BundleJson, describeMaterial, describeTimestamp } from './sign-bundle.ts';
import { isSigningKey, type Signer } from './signers.ts';
import type { SigningOptions } from './signing-options.ts';

/** A Sigstore bundle v0.3 over the bytes of a file, in its JSON form: what `cosign sign-blob` writes. */
export interface ArtifactBundleJson extends Omit<BundleJson, 'dsseEnvelope'> {
  readonly messageSignature: {
    readonly messageDigest: { readonly algorithm: 'SHA2_256'; readonly digest: string };
    readonly signature: string;
  };
}

/** Signs the bytes of a file and wraps everything that proves it into a bundle. */
export function signArtifact(
  services: SigstoreServices,
  bytes: Buffer,
  signer: Signer,
  options: SigningOptions = {},
): ArtifactBundleJson {
  const { flaws = {} } = options;
  const log = options.log ?? (isSigningKey(signer) ? 'none' : 'v2');
  const stamped = options.timestamp ?? (!isSigningKey(signer) && log !== 'v1');
  const material = services.prepareMaterial(signer, flaws);
  const signature = services.sign(bytes, material, flaws);
  const describe = log === 'v1' ? describeHashedRekordV1 : describeHashedRekordV2;
  const entries =
    log === 'none'
      ? []
      : [
          services.logs[log].append(
            describe(
              flaws.logEntryOfOtherPayload ? Buffer.from('{}') : bytes,
              flaws.logEntryOfOtherSignature ? services.sign(bytes, material, {}) : signature,
              services.describeVerifier(material, flaws),
            ),
            services.now(),
            flaws,
          ),
        ];
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...describeMaterial(material),
      ...(entries.length === 0 ? {} : { tlogEntries: entries }),
      ...(stamped ? describeTimestamp(services.timestamp(signature, flaws)) : {}),
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(bytes).digest('base64') },
      signature: signature.toString('base64'),
    },
  };
}
