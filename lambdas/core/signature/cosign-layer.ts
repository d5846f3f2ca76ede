import * as z from 'zod';
import { decodeBase64 } from './base64.ts';
import type { CosignAnnotations, SignatureCandidate } from './candidate.ts';
import { type Certificate, parseCertificatePem } from './certificate.ts';
import { envelopeShape, LARGEST_ENVELOPE, readEnvelope } from './dsse.ts';
import { SignatureError } from './errors.ts';
import { parseJson } from './json.ts';
import type { AttachedEntry, Material } from './material.ts';

const LARGEST_ANNOTATION = 16 * 1024 * 1024;

/** `dev.sigstore.cosign/bundle`: a Rekor v1 entry with its SET, as cosign's pkg/cosign/bundle writes it. */
const rekorShape = z.object({
  SignedEntryTimestamp: z.string().max(1024),
  Payload: z.object({
    body: z.string().max(LARGEST_ANNOTATION),
    integratedTime: z.number().int().nonnegative(),
    logIndex: z.number().int().nonnegative(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const timestampShape = z.object({ SignedRFC3161Timestamp: z.string().max(128 * 1024) });

type Layer = Extract<SignatureCandidate, { format: 'simple-signing' | 'dsse' }>;

/** Takes a cosign `.sig` or `.att` layer with its annotations apart (cosign specs/SIGNATURE_SPEC.md). Throws `malformed`, `too-large` or `no-signature`. */
export function parseCosignLayer(layer: Layer): Material {
  const signed = readSigned(layer);
  return {
    ...signed,
    // An attestation has no signature annotation, so cosign has the whole envelope stamped (cosign pkg/cosign/verify.go, VerifyRFC3161Timestamp).
    stamped: layer.format === 'dsse' ? layer.envelope : signed.signature,
    certificate: readCertificate(layer.annotations),
    entries: readEntries(layer.annotations),
    timestamps: readTimestamps(layer.annotations),
    proofRequired: false,
  };
}

function readSigned(layer: Layer): Pick<Material, 'signed' | 'signature'> {
  if (layer.format === 'dsse') {
    const shape = parseJson(layer.envelope, envelopeShape, 'envelope', LARGEST_ENVELOPE);
    const { envelope, signature } = readEnvelope(shape, layer.envelope);
    return { signed: { kind: 'envelope', envelope }, signature };
  }
  const { signature } = layer.annotations;
  if (!signature) throw new SignatureError('no-signature', 'the layer has no signature annotation');
  return {
    signed: { kind: 'simple-signing', payload: layer.payload },
    signature: decodeBase64(signature, 'signature annotation'),
  };
}

function readCertificate({ certificate }: CosignAnnotations): Certificate | undefined {
  return certificate ? parseCertificatePem(certificate) : undefined;
}

function readEntries({ bundle }: CosignAnnotations): readonly AttachedEntry[] {
  if (!bundle) return [];
  const { SignedEntryTimestamp, Payload } = parseJson(bundle, rekorShape, 'bundle annotation', LARGEST_ANNOTATION);
  return [
    {
      logId: Buffer.from(Payload.logID, 'hex').toString('base64'),
      logIndex: BigInt(Payload.logIndex),
      integratedTime: BigInt(Payload.integratedTime),
      body: decodeBase64(Payload.body, 'body of the log entry'),
      promise: decodeBase64(SignedEntryTimestamp, 'signed entry timestamp'),
    },
  ];
}

function readTimestamps({ rfc3161timestamp }: CosignAnnotations): readonly Buffer[] {
  if (!rfc3161timestamp) return [];
  const { SignedRFC3161Timestamp } = parseJson(
    rfc3161timestamp,
    timestampShape,
    'time stamp annotation',
    LARGEST_ANNOTATION,
  );
  return [decodeBase64(SignedRFC3161Timestamp, 'time stamp')];
}
