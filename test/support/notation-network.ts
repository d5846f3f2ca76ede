import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import {
  checkRevocation,
  type RevocationAnswer,
  type RevocationPorts,
  type RevocationRequest,
} from '../../lambdas/core/signature/notation/revocation/check.ts';
import type { RevocationStatus } from '../../lambdas/core/signature/notation/revocation/status.ts';
import { type Chain, NOW } from './notation-kit.ts';

export const OCSP_URL = 'http://ocsp.acme.example/';
export const CRL_URL = 'http://crl.acme.example/issuing.crl';

/** What is answered at some URLs: a body, or another status with one. Everything else times out. */
export type Answers = Readonly<Record<string, Buffer | { readonly status: number; readonly body: Buffer }>>;

/** A network of answers by URL that keeps what was asked. */
export function network(answers: Answers) {
  const asked: RevocationRequest[] = [];
  const fetch = async (request: RevocationRequest): Promise<RevocationAnswer> => {
    asked.push(request);
    const answer = answers[request.url];
    if (answer === undefined) return { kind: 'unavailable', reason: 'timed out' };
    return { kind: 'answered', ...(Buffer.isBuffer(answer) ? { status: 200, body: answer } : answer) };
  };
  return { asked, fetch };
}

/** The revocation status of a whole chain at NOW. */
export function statusOf(
  used: Chain,
  ports: RevocationPorts | undefined,
  signedAt?: number,
): Promise<RevocationStatus> {
  const certificates = used.chain.map((certificate) => parseCertificate(certificate));
  return checkRevocation(certificates, ports, { now: NOW, signedAt });
}
