import { encodePreAuthentication } from './dsse.ts';
import { STATEMENT_PAYLOAD_TYPE } from './statement.ts';

/** The bytes that are signed for an in-toto statement (DSSE v1, PAE). */
export function prepareStatement(statement: Uint8Array): Buffer {
  return encodePreAuthentication(STATEMENT_PAYLOAD_TYPE, statement);
}

/**
 * A Sigstore bundle v0.3 of a statement that was signed with a bare key and is in no log, as cosign writes it for `--key` with `--tlog-upload=false`: one line of
 * JSON. `hint` tells people which key it was and proves nothing.
 */
export function writeKeyBundle(statement: Uint8Array, signature: Uint8Array, hint: string): string {
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: {
      payload: Buffer.from(statement).toString('base64'),
      payloadType: STATEMENT_PAYLOAD_TYPE,
      signatures: [{ sig: Buffer.from(signature).toString('base64') }],
    },
  });
}
