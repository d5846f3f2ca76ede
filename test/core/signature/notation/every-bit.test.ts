import { describe, expect, test } from 'vitest';
import { parseEnvelope } from '../../../../lambdas/core/signature/notation/envelope.ts';
import { createStrictStatement } from '../../../../lambdas/core/signature/notation/trust-policy.ts';
import { verifyUnderStatement } from '../../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { ARTIFACT, signCose, signJws } from '../../../support/notation-envelopes.ts';
import { DAY, issueChain, NOW } from '../../../support/notation-kit.ts';
import { createStamper, stamp } from '../../../support/notation-stamps.ts';
import { COSE, JWS, storesOf } from '../../../support/notation-verify.ts';

// The certificate has expired: only the time stamp lets the signature count, so that every part of the envelope matters.
const chain = issueChain({ leaf: { notBefore: NOW - 10 * DAY, notAfter: NOW - 5 * DAY } });
const whole = createStamper();
// The root comes from the store; its copy in the token counts for nothing and would only blur the test.
const stamper = { ...whole, offered: whole.offered.slice(0, 1) };
const options = {
  signingTime: NOW - 7 * DAY,
  expiry: NOW + DAY,
  timestamp: (signature: Buffer) => stamp(stamper, signature, { at: NOW - 6 * DAY }),
};
const stores = storesOf({ 'ca:acme': [chain.root.certificate], 'tsa:stamps': [stamper.root.certificate] });
const statement = createStrictStatement('fuzz', ['ca:acme', 'tsa:stamps'], ['x509.subject: C=US, ST=WA, O=Acme']);
const context = { artifact: ARTIFACT, now: NOW, statement, stores };

/** What an accepted envelope says: two that say the same are the same signature. */
async function accept(bytes: Uint8Array, mediaType: string): Promise<string | undefined> {
  const outcome = await verifyUnderStatement(bytes, mediaType, context);
  if (outcome.kind !== 'accepted') return undefined;
  const { checks, ...said } = outcome;
  return JSON.stringify(said);
}

describe.each([
  [JWS, signJws],
  [COSE, signCose],
] as const)('%s', (mediaType, sign) => {
  test('every bit of payload, protected header, signature and certificates counts', { timeout: 120_000 }, async () => {
    const good = sign(chain, options);
    const ranges = signedRanges(good, mediaType);
    const accepted: number[] = [];

    for (const [from, to] of ranges) {
      for (let at = from; at < to; at += 1) {
        const mutated = Buffer.from(good);
        mutated[at] = (mutated[at] ?? 0) ^ (1 << (at % 7));
        if ((await accept(mutated, mediaType)) !== undefined) accepted.push(at);
      }
    }

    expect(ranges.reduce((sum, [from, to]) => sum + to - from, 0)).toBeGreaterThan(1500);
    expect(accepted).toEqual([]);
  });
});

/** Where the parts stand in the envelope: as text in JWS, as bytes in COSE. */
function signedRanges(good: Buffer, mediaType: string): readonly (readonly [number, number])[] {
  const { payload, signature, certificates, signedBytes } = parseEnvelope(good, mediaType);
  const [header = ''] = Buffer.from(signedBytes).toString('latin1').split('.');
  const parts =
    mediaType === JWS
      ? [
          header,
          Buffer.from(payload).toString('base64url'),
          Buffer.from(signature).toString('base64url'),
          ...certificates.map((certificate) => Buffer.from(certificate).toString('base64')),
        ]
      : [good.subarray(4, 4 + (good[3] ?? 0)), payload, signature, ...certificates];
  return parts.map((part) => {
    const at = good.indexOf(part);
    return [at, at + part.length] as const;
  });
}
