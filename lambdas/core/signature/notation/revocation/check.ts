import { createHash } from 'node:crypto';
import { messageOf } from '../../../errors.ts';
import type { Certificate } from '../../certificate.ts';
import { asNotationError } from '../errors.ts';
import { LARGEST_CRL, readCrl } from './crl.ts';
import { readRevocationLocations } from './locations.ts';
import { buildOcspRequest } from './ocsp-request.ts';
import { LARGEST_OCSP_RESPONSE, readOcspResponse } from './ocsp-response.ts';
import { combineStatuses, type RevocationStatus } from './status.ts';

/** One HTTP exchange that the port is to make. It must end within `timeout` milliseconds, follow no redirects and give up after `largest` octets of body. */
export interface RevocationRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array | undefined;
  readonly timeout: number;
  readonly largest: number;
}

export type RevocationAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What revocation checks need from outside. Hosts come from certificates under a trusted root; keeping private addresses out is the port's business. */
export interface RevocationPorts {
  readonly fetch: (request: RevocationRequest) => Promise<RevocationAnswer>;
  /** Fresh random octets (at most 32) for one OCSP request; without it requests carry no nonce. */
  readonly newNonce?: () => Uint8Array;
  /** Answers by key. What comes out of it is verified like any other answer, so it need not be trusted. */
  readonly cache?: {
    readonly get: (key: string) => Promise<Uint8Array | undefined>;
    readonly put: (key: string, answer: Uint8Array, reusableUntil: number) => Promise<void>;
  };
}

/** Threshold of the specification for one OCSP responder and one CRL (trust-store-trust-policy.md). */
const OCSP_TIMEOUT = 2_000;
const CRL_TIMEOUT = 5_000;

interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

/** When the question is put, and when the signature was made where that is proven. Unix milliseconds. */
export interface RevocationTimes {
  readonly now: number;
  readonly signedAt: number | undefined;
}

/**
 * The revocation status of a whole chain, from the root down: OCSP first, then CRLs (trust-store-trust-policy.md, Certificate Revocation Evaluation). The root is its
 * own issuer. A certificate that names neither cannot be revoked. Without ports, one that does is `unknown`. Never throws for what a responder answers.
 */
export async function checkRevocation(
  chain: readonly Certificate[],
  ports: RevocationPorts | undefined,
  times: RevocationTimes,
): Promise<RevocationStatus> {
  const statuses = await Promise.all(
    chain.map((certificate, index) =>
      checkCertificate({ certificate, issuer: chain[index + 1] ?? certificate }, ports, times),
    ),
  );
  return combineStatuses(statuses.reverse(), times.now);
}

async function checkCertificate(
  subject: Subject,
  ports: RevocationPorts | undefined,
  times: RevocationTimes,
): Promise<RevocationStatus> {
  try {
    const { ocsp, crl, declared } = readRevocationLocations(subject.certificate);
    if (!declared) {
      const holdsUntil = Number.POSITIVE_INFINITY;
      return { kind: 'ok', reason: 'nothing to ask', reusableUntil: times.now + 3_600_000, holdsUntil };
    }
    if (ports === undefined) return { kind: 'unknown', reason: 'revocation is not looked up here' };
    let last: RevocationStatus = { kind: 'unknown', reason: 'no responder and no CRL that can be asked' };
    for (const url of ocsp) {
      last = await settle(() => askResponder(url, subject, ports, times));
      if (last.kind !== 'unknown') return last;
    }
    for (const url of crl) {
      last = await settle(() => askCrl(url, subject, ports, times));
      if (last.kind !== 'unknown') return last;
    }
    return last;
  } catch (thrown) {
    return { kind: 'unknown', reason: asNotationError(thrown, 'revocation-unknown').message };
  }
}

/** An answer that cannot be relied on is no answer. */
async function settle(ask: () => Promise<RevocationStatus>): Promise<RevocationStatus> {
  try {
    return await ask();
  } catch (thrown) {
    return { kind: 'unknown', reason: asNotationError(thrown, 'revocation-unknown').message };
  }
}

function askResponder(url: string, subject: Subject, ports: RevocationPorts, times: RevocationTimes) {
  const nonce = ports.newNonce?.();
  const request = {
    method: 'POST',
    url,
    contentType: 'application/ocsp-request',
    body: buildOcspRequest(subject.certificate, subject.issuer, nonce),
    timeout: OCSP_TIMEOUT,
    largest: LARGEST_OCSP_RESPONSE,
  } as const;
  const id = buildOcspRequest(subject.certificate, subject.issuer, undefined);
  return askThroughCache(keyOf('ocsp', url, id), request, ports, (body, fresh) =>
    readOcspResponse(body, { ...subject, ...times, nonce: fresh ? nonce : undefined }),
  );
}

function askCrl(url: string, subject: Subject, ports: RevocationPorts, times: RevocationTimes) {
  const request = {
    method: 'GET',
    url,
    contentType: undefined,
    body: undefined,
    timeout: CRL_TIMEOUT,
    largest: LARGEST_CRL,
  } as const;
  return askThroughCache(keyOf('crl', url, subject.issuer.spki), request, ports, (body) =>
    readCrl(body, { ...subject, ...times, url }),
  );
}

async function askThroughCache(
  key: string,
  request: RevocationRequest,
  ports: RevocationPorts,
  read: (body: Uint8Array, fresh: boolean) => RevocationStatus,
): Promise<RevocationStatus> {
  const kept = await fromPort(() => ports.cache?.get(key) ?? Promise.resolve(undefined));
  if (kept !== undefined && 'value' in kept && kept.value !== undefined) {
    const { value } = kept;
    const status = await settle(async () => read(value, false));
    if (status.kind !== 'unknown') return status;
  }
  const answer = await fromPort(() => ports.fetch(request));
  const unavailable =
    'fault' in answer ? answer.fault : answer.value.kind === 'unavailable' ? answer.value.reason : undefined;
  if ('fault' in answer || answer.value.kind === 'unavailable') {
    return { kind: 'unknown', reason: `no answer from ${hostOf(request.url)}: ${unavailable?.slice(0, 150)}` };
  }
  const { status: code, body } = answer.value;
  if (code < 200 || code > 299) return { kind: 'unknown', reason: `${hostOf(request.url)} answered ${code}` };
  const status = read(body, true);
  if (status.kind === 'ok') await fromPort(async () => ports.cache?.put(key, body, status.reusableUntil));
  return status;
}

/** A port that fails is a place without an answer: what that means is decided by the verification level, not here. */
async function fromPort<T>(call: () => Promise<T>): Promise<{ readonly value: T } | { readonly fault: string }> {
  try {
    return { value: await call() };
  } catch (thrown) {
    return { fault: messageOf(thrown) };
  }
}

function keyOf(kind: string, url: string, about: Uint8Array): string {
  return createHash('sha256').update(`${kind}\n${url}\n`).update(about).digest('hex');
}

function hostOf(url: string): string {
  return new URL(url).host.slice(0, 100);
}
