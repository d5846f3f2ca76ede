import { createHash, sign } from 'node:crypto';
import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import { encodeCertificateId } from '../../lambdas/core/signature/notation/revocation/ocsp-request.ts';
import { extension } from '../../local/sigstore/certificates.ts';
import * as der from '../../local/sigstore/der.ts';
import { HOUR, type Issued, keyUsage, NOW } from './notation-kit.ts';

const ECDSA_SHA256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
const ENUMERATED = (value: number) => Buffer.from([0x0a, 1, value]);

export const invalidityDate = (at: number) => extension('2.5.29.24', der.generalizedTime(at));

/** Extensions of a delegated OCSP responder. */
export function responderExtensions(options: { noCheck?: boolean; purpose?: string } = {}): readonly Buffer[] {
  const { noCheck = true, purpose = '1.3.6.1.5.5.7.3.9' } = options;
  return [
    keyUsage([0]),
    extension('2.5.29.37', der.sequence(der.objectIdentifier(purpose))),
    ...(noCheck ? [extension('1.3.6.1.5.5.7.48.1.5', Buffer.from([5, 0]))] : []),
  ];
}

export interface OcspOptions {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly signer?: Issued;
  /** Signs with these keys under the name of the signer. */
  readonly keys?: Issued['keys'];
  readonly attached?: readonly Buffer[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  readonly producedAt?: number;
  readonly nonce?: Buffer;
  readonly about?: Issued;
  readonly repeated?: boolean;
  readonly singleExtensions?: readonly Buffer[];
  readonly extensions?: readonly Buffer[];
  readonly responseStatus?: number;
  readonly byKey?: boolean;
  readonly responseType?: string;
}

/** An OCSP response about a certificate, by its issuer or by another signer. */
export function answerOcsp(certificate: Issued, issuer: Issued, options: OcspOptions = {}): Buffer {
  const signer = options.signer ?? issuer;
  const about = options.about ?? certificate;
  const id = Buffer.from(
    encodeCertificateId(parseCertificate(about.certificate), parseCertificate(issuer.certificate)),
  );
  const next = 'nextUpdate' in options ? options.nextUpdate : NOW + 12 * HOUR;
  const single = der.sequence(
    id,
    statusOf(options.status ?? 'good'),
    der.generalizedTime(options.thisUpdate ?? NOW - HOUR),
    ...(next === undefined ? [] : [der.tagged(0, der.generalizedTime(next))]),
    ...(options.singleExtensions === undefined ? [] : [der.tagged(1, der.sequence(...options.singleExtensions))]),
  );
  const extra = [
    ...(options.nonce === undefined ? [] : [extension('1.3.6.1.5.5.7.48.1.2', der.octetString(options.nonce))]),
    ...(options.extensions ?? []),
  ];
  const responder =
    options.byKey === true ? der.tagged(2, der.octetString(keyHash(signer))) : der.tagged(1, signer.name);
  const data = der.sequence(
    responder,
    der.generalizedTime(options.producedAt ?? NOW - HOUR),
    der.sequence(single, ...(options.repeated === true ? [single] : [])),
    ...(extra.length === 0 ? [] : [der.tagged(1, der.sequence(...extra))]),
  );
  const attached = options.attached ?? (options.signer === undefined ? [] : [signer.certificate]);
  const basic = der.sequence(
    data,
    ECDSA_SHA256,
    der.bitString(sign('sha256', data, (options.keys ?? signer.keys).privateKey)),
    ...(attached.length === 0 ? [] : [der.tagged(0, der.sequence(...attached))]),
  );
  return der.sequence(
    ENUMERATED(options.responseStatus ?? 0),
    der.tagged(
      0,
      der.sequence(der.objectIdentifier(options.responseType ?? '1.3.6.1.5.5.7.48.1.1'), der.octetString(basic)),
    ),
  );
}

function statusOf(status: 'good' | 'revoked' | 'unknown'): Buffer {
  if (status === 'good') return der.taggedPrimitive(0, Buffer.alloc(0));
  return status === 'unknown'
    ? der.taggedPrimitive(2, Buffer.alloc(0))
    : der.tagged(1, der.generalizedTime(NOW - 2 * HOUR));
}

function keyHash({ keys }: Issued): Buffer {
  const { x = '', y = '' } = keys.publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return createHash('sha1').update(point).digest();
}

export interface CrlOptions {
  readonly revoked?: readonly { readonly serial: Buffer; readonly extensions?: readonly Buffer[] }[];
  readonly name?: Buffer;
  readonly keys?: Issued['keys'];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly Buffer[];
  readonly innerAlgorithm?: Buffer;
  /** 1 stands for version 2; undefined leaves it out. */
  readonly version?: number | undefined;
}

/** A CRL of an authority. */
export function issueCrl(issuer: Issued, options: CrlOptions = {}): Buffer {
  const next = 'nextUpdate' in options ? options.nextUpdate : NOW + 12 * HOUR;
  const entries = (options.revoked ?? []).map(({ serial, extensions = [] }) =>
    der.sequence(
      der.integer(serial),
      der.time(NOW - 2 * HOUR),
      ...(extensions.length === 0 ? [] : [der.sequence(...extensions)]),
    ),
  );
  const list = der.sequence(
    ...('version' in options && options.version === undefined ? [] : [der.integer(options.version ?? 1)]),
    options.innerAlgorithm ?? ECDSA_SHA256,
    options.name ?? issuer.name,
    der.time(options.thisUpdate ?? NOW - HOUR),
    ...(next === undefined ? [] : [der.time(next)]),
    ...(entries.length === 0 ? [] : [der.sequence(...entries)]),
    ...(options.extensions === undefined ? [] : [der.tagged(0, der.sequence(...options.extensions))]),
  );
  return der.sequence(
    list,
    ECDSA_SHA256,
    der.bitString(sign('sha256', list, (options.keys ?? issuer.keys).privateKey)),
  );
}

/** IssuingDistributionPoint with a full name and flags by their tag numbers. */
export function issuedFor(url: string | undefined, ...flags: readonly number[]): Buffer {
  const point = url === undefined ? [] : [der.tagged(0, der.tagged(0, der.taggedPrimitive(6, Buffer.from(url))))];
  return extension(
    '2.5.29.28',
    der.sequence(...point, ...flags.map((flag) => der.taggedPrimitive(flag, Buffer.from([0xff])))),
    true,
  );
}

export const reason = (code: number) => extension('2.5.29.21', ENUMERATED(code));
