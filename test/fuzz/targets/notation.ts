import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import { parseCertificate } from '../../../lambdas/core/signature/certificate.ts';
import { parseEnvelope } from '../../../lambdas/core/signature/notation/envelope.ts';
import { readCrl } from '../../../lambdas/core/signature/notation/revocation/crl.ts';
import { readOcspResponse } from '../../../lambdas/core/signature/notation/revocation/ocsp-response.ts';
import type { RevocationStatus } from '../../../lambdas/core/signature/notation/revocation/status.ts';
import { createStrictStatement } from '../../../lambdas/core/signature/notation/trust-policy.ts';
import { verifyUnderStatement } from '../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { mutateCose } from '../mutate/cose.ts';
import { mutateDer } from '../mutate/der.ts';
import { mutateJson } from '../mutate/json.ts';
import { partsOfToken } from '../parts.ts';
import { bytesOf, type Context, listOf, numberOf, type Outcome, type Target, textOf } from '../target.ts';

const JWS = 'application/jose+json';
const COSE = 'application/cose';

function openEnvelope(context: Context, mediaType: string): (input: Buffer) => Promise<Outcome> {
  const parse = (name: string) => listOf(context, name).map((der) => parseCertificate(der));
  const authority = context.authority === true;
  const store = authority ? 'signingAuthority:own' : 'ca:own';
  const stores = new Map([
    [store, parse('anchors')],
    ['tsa:own', parse('stampRoots')],
  ]);
  const strict = createStrictStatement('fuzz', [...stores.keys()], [textOf(context, 'identity')]);
  // Revocation has targets of its own.
  const statement = { ...strict, enforcement: { ...strict.enforcement, revocation: 'skip' as const } };
  const artifact = {
    mediaType: textOf(context, 'mediaType'),
    digest: textOf(context, 'digest'),
    size: numberOf(context, 'size'),
  };
  const now = numberOf(context, 'now');
  return async (input) => {
    const outcome = await verifyUnderStatement(input, mediaType, { artifact, now, statement, stores });
    if (outcome.kind !== 'accepted') return { kind: 'refused', code: outcome.code };
    const { checks, ...said } = outcome;
    return { kind: 'accepted', says: canonicalize(JSON.parse(JSON.stringify(said))) };
  };
}

/** What an envelope binds. Its own text around that is free: spaces, the order of members, headers that are not signed and that nobody reads. */
function partsOfEnvelope(input: Buffer, mediaType: string): ReadonlyMap<string, string> {
  const { signedBytes, payload, signature, certificates, timestamp } = parseEnvelope(input, mediaType);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return new Map([
    ['signed', text(signedBytes)],
    ['payload', text(payload)],
    ['signature', text(signature)],
    ...certificates.map((der, index) => [`certificates[${index}]`, text(der)] as const),
    ...(timestamp === undefined ? [] : [['time stamp', partsOfToken(Buffer.from(timestamp), false)] as const]),
  ]);
}

const NEEDLESS_STAMP = {
  part: /^time stamp \((?:removed|changed)\)$/,
  because: 'the certificate is valid still, and no time stamp is demanded then',
};

export const jws: Target = {
  share: 8,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => openEnvelope(context, JWS),
  parts: (input) => partsOfEnvelope(input, JWS),
  harmless: [NEEDLESS_STAMP],
};

export const cose: Target = {
  share: 7,
  mutate: (good, donor, random) => mutateCose(good, donor, random),
  open: (context) => openEnvelope(context, COSE),
  parts: (input) => partsOfEnvelope(input, COSE),
  harmless: [NEEDLESS_STAMP],
};

/** Revoked certificates: no change may make them good. Unknown is a refusal too. */
function openStatus(context: Context, read: (input: Buffer, question: Question) => RevocationStatus) {
  const question = {
    certificate: parseCertificate(bytesOf(context, 'certificate')),
    issuer: parseCertificate(bytesOf(context, 'issuer')),
    now: numberOf(context, 'now'),
    signedAt: undefined,
    nonce: undefined,
    url: 'http://crl.acme.example/acme.crl',
  };
  return (input: Buffer): Outcome => {
    const status = read(input, question);
    return status.kind === 'ok' ? { kind: 'accepted', says: 'not revoked' } : { kind: 'refused', code: status.kind };
  };
}

type Question = Parameters<typeof readCrl>[1] & Parameters<typeof readOcspResponse>[1];

export const crl: Target = {
  share: 3,
  mutate: (good, donor, random) => mutateDer(good, donor, random),
  open: (context) => openStatus(context, readCrl),
};

export const ocsp: Target = {
  share: 3,
  mutate: (good, donor, random) => mutateDer(good, donor, random),
  open: (context) => openStatus(context, readOcspResponse),
};
