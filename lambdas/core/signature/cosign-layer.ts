import { decodeBase64 } from './base64.ts';
import type { CosignAnnotations, SignatureCandidate } from './candidate.ts';
import { type Certificate, parseCertificatePem } from './certificate.ts';
import { LARGEST_ENVELOPE, readEnvelope, readWrittenEnvelope } from './dsse.ts';
import { SignatureError } from './errors.ts';
import { readCount, readFields, readMatch, readText } from './fields.ts';
import { readJson } from './json.ts';
import type { AttachedEntry, Material } from './material.ts';

const LARGEST_ANNOTATION = 16 * 1024 * 1024;
const LOG_ID = /^[0-9a-f]{64}$/;

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
    const written = readWrittenEnvelope(readJson(layer.envelope, 'envelope', LARGEST_ENVELOPE), 'envelope');
    const { envelope, signature } = readEnvelope(written, layer.envelope);
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

/** `dev.sigstore.cosign/bundle`: a Rekor v1 entry with its SET, as cosign's pkg/cosign/bundle writes it. */
function readEntries({ bundle }: CosignAnnotations): readonly AttachedEntry[] {
  if (!bundle) return [];
  const annotation = readFields(readJson(bundle, 'bundle annotation', LARGEST_ANNOTATION), 'bundle annotation');
  const promise = readText(annotation.SignedEntryTimestamp, 'SignedEntryTimestamp', 1024);
  const payload = readFields(annotation.Payload, 'Payload');
  const body = readText(payload.body, 'Payload.body', LARGEST_ANNOTATION);
  return [
    {
      logId: Buffer.from(readMatch(payload.logID, 'Payload.logID', LOG_ID), 'hex').toString('base64'),
      logIndex: BigInt(readCount(payload.logIndex, 'Payload.logIndex')),
      integratedTime: BigInt(readCount(payload.integratedTime, 'Payload.integratedTime')),
      body: decodeBase64(body, 'body of the log entry'),
      promise: decodeBase64(promise, 'signed entry timestamp'),
    },
  ];
}

function readTimestamps({ rfc3161timestamp }: CosignAnnotations): readonly Buffer[] {
  if (!rfc3161timestamp) return [];
  const annotation = readFields(readJson(rfc3161timestamp, 'time stamp annotation', LARGEST_ANNOTATION), 'annotation');
  const stamp = readText(annotation.SignedRFC3161Timestamp, 'SignedRFC3161Timestamp', 128 * 1024);
  return [decodeBase64(stamp, 'time stamp')];
}
