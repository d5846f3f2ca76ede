import { type Certificate, parseCertificate } from '../certificate.ts';
import { algorithmOf, verifyWithAlgorithm } from './algorithm.ts';
import { checkChain } from './certificate-rules.ts';
import { parseEnvelope } from './envelope.ts';
import { NotationError } from './errors.ts';
import type { NotationEnvelope } from './jws.ts';
import {
  type ArtifactDescriptor,
  expectArtifact,
  expectMetadata,
  readPayload,
  type SignedDescriptor,
} from './payload.ts';
import type { NotationReport } from './report.ts';
import { readSignerSigning, type SignerSigning } from './signer/signing.ts';

/** An envelope whose signature verifies under its own first certificate, about the artifact in question. Whether anybody trusts the certificate is open. */
export interface IntactSignature {
  readonly envelope: NotationEnvelope;
  readonly leaf: Certificate;
  /** The whole chain, the leaf first. */
  readonly chain: readonly Certificate[];
  readonly artifact: SignedDescriptor;
  readonly signing: SignerSigning | undefined;
}

/** Validates integrity (trust-store-trust-policy.md, Validate Integrity): form, signature, chain of certificates, payload. All of it is enforced at every level. */
export async function verifyIntegrity(
  bytes: Uint8Array,
  mediaType: string,
  expected: { readonly artifact: ArtifactDescriptor; readonly metadata: Readonly<Record<string, string>> },
  report: NotationReport,
): Promise<IntactSignature> {
  const envelope = await report.demand(
    'envelope',
    'malformed',
    () => parseEnvelope(bytes, mediaType),
    ({ format, attributes }) => `${format.toUpperCase()}, ${attributes.scheme}, ${attributes.algorithm}`,
  );
  const { leaf, chain } = await report.demand(
    'signature',
    'bad-signature',
    () => verifySigned(envelope),
    () => 'the signature verifies under its signing certificate',
  );
  await report.demand(
    'certificate-chain',
    'bad-certificate-chain',
    () => checkChain(chain, 'code-signing'),
    () => `${chain.length} certificates in order, for signing code`,
  );
  const signing = await report.demand(
    'signed-by',
    'bad-header',
    () => readSigning(envelope),
    (found) => (found === undefined ? 'the holder of the certificate' : `AWS Signer for ${found.profileVersion.text}`),
  );
  const artifact = await report.demand(
    'payload',
    'bad-payload',
    () => readPayload(envelope.payload),
    ({ digest }) => `about ${digest}`,
  );
  await report.demand(
    'subject',
    'subject-mismatch',
    () => {
      expectArtifact(artifact, expected.artifact);
      expectMetadata(artifact, expected.metadata);
    },
    () => 'it is about this artifact',
  );
  return { envelope, leaf, chain, artifact, signing };
}

/** The key decides the algorithm; what the header says must be the same (signature-envelope-jws.md, Supported alg header values). */
function verifySigned({ attributes, certificates, signedBytes, signature }: NotationEnvelope) {
  const chain = certificates.map((der) => parseCertificate(der));
  const [leaf] = chain;
  if (leaf === undefined) throw new NotationError('bad-certificate-chain', 'there is no certificate');
  const algorithm = algorithmOf(leaf.key);
  if (algorithm !== attributes.algorithm) {
    throw new NotationError(
      'algorithm-mismatch',
      `it says ${attributes.algorithm}, and its key signs with ${algorithm}`,
    );
  }
  if (!verifyWithAlgorithm(algorithm, leaf.key, signedBytes, signature)) {
    throw new NotationError('bad-signature', 'the signature does not verify under its signing certificate');
  }
  return { leaf, chain };
}

function readSigning({ attributes }: NotationEnvelope): SignerSigning | undefined {
  if (attributes.plugin === undefined) return undefined;
  if (attributes.scheme !== 'notary.x509.signingAuthority') {
    throw new NotationError('bad-header', 'AWS Signer signs as a signing authority only');
  }
  return readSignerSigning(attributes.extended);
}
