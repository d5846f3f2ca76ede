import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readWrittenBundle } from '../../../lambdas/core/signature/written-bundle.ts';
import { ARTIFACT, IMAGE, RELEASE, setUpEngine } from '../../support/engine.ts';

/** The same form said a second time, with a schema library: the oracle. */
const text = z.string().max(64 * 1024);
const integer = z
  .union([z.string().regex(/^(0|[1-9][0-9]{0,18})$/), z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)])
  .optional();
const certificate = z.object({ rawBytes: text });
const oracle = z.object({
  mediaType: text,
  verificationMaterial: z.object({
    certificate: certificate.optional(),
    x509CertificateChain: z.object({ certificates: z.array(certificate).min(1).max(10) }).optional(),
    publicKey: z.object({ hint: text.optional() }).optional(),
    tlogEntries: z
      .array(
        z.object({
          logIndex: integer,
          logId: z.object({ keyId: text }),
          kindVersion: z.object({ kind: z.string().max(40), version: z.string().max(20) }),
          integratedTime: integer,
          inclusionPromise: z.object({ signedEntryTimestamp: text }).nullish(),
          inclusionProof: z
            .object({
              logIndex: integer,
              rootHash: text,
              treeSize: integer,
              hashes: z.array(text).max(64).optional(),
              checkpoint: z.object({ envelope: text }).nullish(),
            })
            .nullish(),
          canonicalizedBody: z.string(),
        }),
      )
      .max(8)
      .optional(),
    timestampVerificationData: z
      .object({
        rfc3161Timestamps: z
          .array(z.object({ signedTimestamp: text }))
          .max(8)
          .optional(),
      })
      .nullish(),
  }),
  messageSignature: z
    .object({ messageDigest: z.object({ algorithm: text, digest: text }).optional(), signature: text })
    .optional(),
  dsseEnvelope: z
    .object({
      payloadType: z.string().min(1).max(256),
      payload: z.string(),
      signatures: z.array(z.object({ sig: z.string().max(16 * 1024) })).max(16),
    })
    .optional(),
});

const { sigstore } = setUpEngine();
const samples: readonly unknown[] = [
  sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', timestamp: true }),
  sigstore.signArtifact(ARTIFACT, RELEASE),
];
const odd = fc.oneof(
  fc.constantFrom(undefined, null, true, 0, 1, -1, 1.5, 2 ** 53, '', '0', '01', '-1', 'x', [], {}, [null], [[]]),
  fc.nat({ max: 70_000 }).map((length) => 'a'.repeat(length)),
  fc.nat({ max: 70 }).map((length) => Array(length).fill('a')),
  fc.nat({ max: 12 }).map((length) => Array(length).fill({ rawBytes: 'a', signedTimestamp: 'a', sig: 'a' })),
);
const mutated = fc
  .record({ sample: fc.constantFrom(...samples), at: fc.nat({ max: 10_000 }), value: odd })
  .map(({ sample, at, value }) => replaceAt(sample, at, value));

/** The JSON with its `at`-th value, counted round and round, replaced; undefined takes it away. */
function replaceAt(json: unknown, at: number, value: unknown): string {
  let count = 0;
  JSON.stringify(json, (_, inner: unknown) => {
    count += 1;
    return inner;
  });
  let left = at % count;
  return JSON.stringify(json, (_, inner: unknown) => (left-- === 0 ? value : inner)) ?? 'null';
}

describe('readWrittenBundle', () => {
  it('refuses what the schema of the format refuses, and nothing else', () => {
    const runs = Number(process.env.COUNTERSIGN_RUNS ?? 3000);
    fc.assert(
      fc.property(mutated, (json) => {
        const accepted = oracle.safeParse(JSON.parse(json)).success;
        if (accepted) expect(() => readWrittenBundle(Buffer.from(json))).not.toThrow();
        else expect(() => readWrittenBundle(Buffer.from(json))).toThrow(expect.objectContaining({ code: 'malformed' }));
      }),
      { numRuns: runs },
    );
  });

  it('reads every field to what it says', () => {
    const read = readWrittenBundle(
      Buffer.from(
        JSON.stringify({
          mediaType: 'm',
          verificationMaterial: {
            publicKey: { hint: 'h' },
            tlogEntries: [
              {
                logIndex: '9007199254740993',
                logId: { keyId: 'k' },
                kindVersion: { kind: 'dsse', version: '0.0.1' },
                inclusionPromise: { signedEntryTimestamp: 's' },
                inclusionProof: { rootHash: 'r', treeSize: 7, hashes: ['a', 'b'], checkpoint: { envelope: 'c' } },
                canonicalizedBody: 'b',
              },
            ],
            timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 't' }] },
          },
          messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'd' }, signature: 'g' },
          dsseEnvelope: { payloadType: 'p', payload: 'q', signatures: [{ sig: 'z' }] },
        }),
      ),
    );

    expect(read).toEqual({
      mediaType: 'm',
      material: {
        certificate: undefined,
        chain: undefined,
        publicKey: { hint: 'h' },
        entries: [
          {
            logIndex: 9007199254740993n,
            logId: 'k',
            kind: 'dsse 0.0.1',
            integratedTime: 0n,
            promise: 's',
            proof: { logIndex: 0n, rootHash: 'r', treeSize: 7n, hashes: ['a', 'b'], checkpoint: 'c' },
            body: 'b',
          },
        ],
        timestamps: ['t'],
      },
      messageSignature: { digest: { algorithm: 'SHA2_256', digest: 'd' }, signature: 'g' },
      envelope: { payloadType: 'p', payload: 'q', signatures: [{ sig: 'z' }] },
    });
  });
});
