import { sign } from 'node:crypto';
import { CODE_SIGNING, createAuthorityChain, generateEcKey, type KeyPair, toPem } from './certificates.ts';
import { createCtLog } from './ct-log.ts';
import type { Flaws } from './flaws.ts';
import { type Identity, issueCertificate } from './fulcio.ts';
import type { LoggedVerifier } from './log-bodies.ts';
import { createLog, type TransparencyLog } from './rekor.ts';
import { isSigningKey, type Signer } from './signers.ts';
import { createTimestampAuthority } from './timestamp-authority.ts';
import { describeTrust, type TrustedRootJson } from './trusted-root.ts';

/** The key that makes one signature, and the certificate for it where an identity signs. */
export interface SigningMaterial {
  readonly signer: Signer;
  readonly keys: KeyPair;
  readonly certificate?: Buffer;
}

/** What a signing client talks to: certificate authority, logs and timestamp authority. Each has a double of the same name that nobody trusts. */
export interface SigstoreServices {
  readonly logs: { readonly v1: TransparencyLog; readonly v2: TransparencyLog };
  readonly now: () => number;
  /** The intermediate and the root, PEM. */
  readonly chainPem: string;
  /** The signer's own key, or a fresh one with a certificate for it. */
  prepareMaterial(signer: Signer, flaws: Flaws): SigningMaterial;
  sign(bytes: Buffer, material: SigningMaterial, flaws: Flaws): Buffer;
  /** The key or certificate that a log entry about a signature names. */
  describeVerifier(material: SigningMaterial, flaws: Flaws): LoggedVerifier;
  timestamp(bytes: Buffer, flaws: Flaws): Buffer;
  trustedRoot(): TrustedRootJson;
}

const ORGANIZATION = 'countersign.local';

export function createServices(now: () => number): SigstoreServices {
  const created = now();
  const authorities = {
    ours: createAuthorityChain(ORGANIZATION, created, CODE_SIGNING),
    strange: createAuthorityChain(ORGANIZATION, created, CODE_SIGNING),
  };
  const ctLogs = { ours: createCtLog(), strange: createCtLog() };
  const timestamps = {
    ours: createTimestampAuthority(`tsa.${ORGANIZATION}`, created),
    strange: createTimestampAuthority(`tsa.${ORGANIZATION}`, created),
  };
  const logs = { v1: createLog('v1', `rekor1.${ORGANIZATION}`), v2: createLog('v2', `rekor.${ORGANIZATION}`) };
  const chain = [authorities.ours.intermediate.certificate, authorities.ours.root.certificate];

  function certify(identity: Identity, keys: KeyPair, flaws: Flaws): Buffer {
    const authority = flaws.untrustedAuthority ? authorities.strange : authorities.ours;
    const ctLog = flaws.untrustedCtLog ? ctLogs.strange : ctLogs.ours;
    const issuedAt = flaws.expired ? now() - 30 * 60_000 : now();
    return issueCertificate(authority.intermediate, ctLog, identity, keys, issuedAt, flaws);
  }

  return {
    logs,
    now,
    chainPem: chain.map(toPem).join(''),
    prepareMaterial: (signer, flaws) => {
      if (isSigningKey(signer)) return { signer, keys: signer.keys };
      const keys = generateEcKey();
      return { signer, keys, certificate: certify(signer, keys, flaws) };
    },
    sign: (bytes, { keys }, flaws) => sign('sha256', bytes, (flaws.wrongSignature ? generateEcKey() : keys).privateKey),
    describeVerifier: ({ signer, keys, certificate }, flaws) => {
      if (flaws.logKeyEmpty) return { kind: 'none' };
      const named = flaws.logKeyMismatch ? generateEcKey() : keys;
      if (isSigningKey(signer) || certificate === undefined) return { kind: 'key', der: named.spki };
      return { kind: 'certificate', der: flaws.logKeyMismatch ? certify(signer, named, {}) : certificate };
    },
    timestamp: (bytes, flaws) => {
      const authority = flaws.untrustedTimestampAuthority ? timestamps.strange : timestamps.ours;
      return authority.timestamp(flaws.timestampOverOtherBytes ? Buffer.from('other bytes') : bytes, now());
    },
    trustedRoot: () =>
      describeTrust({
        organization: ORGANIZATION,
        host: ORGANIZATION,
        start: created - 3_600_000,
        authorityChain: chain,
        timestampChain: timestamps.ours.chain,
        ctLog: ctLogs.ours,
        logs: [logs.v1, logs.v2],
      }),
  };
}
