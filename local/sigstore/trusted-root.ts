import { createHash } from 'node:crypto';
import type { CtLog } from './ct-log.ts';
import type { TransparencyLog } from './rekor.ts';

/** A trusted root in the JSON form of `dev.sigstore.trustroot.v1.TrustedRoot`. */
export interface TrustedRootJson {
  readonly mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';
  readonly tlogs: readonly LogJson[];
  readonly certificateAuthorities: readonly AuthorityJson[];
  readonly ctlogs: readonly LogJson[];
  readonly timestampAuthorities: readonly AuthorityJson[];
}

interface LogJson {
  readonly baseUrl: string;
  readonly hashAlgorithm: 'SHA2_256';
  readonly publicKey: {
    readonly rawBytes: string;
    readonly keyDetails: string;
    readonly validFor: { readonly start: string };
  };
  readonly logId: { readonly keyId: string };
}

interface AuthorityJson {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
  readonly validFor: { readonly start: string };
}

/** Everything a verifier has to trust, from `start` (Unix milliseconds) on. Certificate chains go from the leaf's side to the root. */
export function describeTrust(parts: {
  readonly organization: string;
  readonly host: string;
  readonly start: number;
  readonly authorityChain: readonly Buffer[];
  readonly timestampChain: readonly Buffer[];
  readonly ctLog: CtLog;
  readonly logs: readonly TransparencyLog[];
}): TrustedRootJson {
  const validFor = { start: new Date(parts.start).toISOString() };
  const authority = (service: string, chain: readonly Buffer[]): AuthorityJson => ({
    subject: { organization: parts.organization, commonName: `${parts.organization} root` },
    uri: `https://${service}.${parts.host}`,
    certChain: { certificates: chain.map((certificate) => ({ rawBytes: certificate.toString('base64') })) },
    validFor,
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: parts.logs.map((log) => ({
      baseUrl: `https://${log.name}`,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: log.keys.spki.toString('base64'),
        keyDetails: log.version === 'v1' ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
        validFor,
      },
      logId: { keyId: log.logId.toString('base64') },
    })),
    certificateAuthorities: [authority('fulcio', parts.authorityChain)],
    ctlogs: [
      {
        baseUrl: `https://ct.${parts.host}`,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: parts.ctLog.keys.spki.toString('base64'),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor,
        },
        logId: { keyId: createHash('sha256').update(parts.ctLog.keys.spki).digest('base64') },
      },
    ],
    timestampAuthorities: [authority('tsa', parts.timestampChain)],
  };
}
