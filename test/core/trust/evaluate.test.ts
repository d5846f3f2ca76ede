import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import type { SignatureCandidate } from '../../../lambdas/core/signature/candidate.ts';
import type { SignatureOutcome, SignedContent, SignerFacts } from '../../../lambdas/core/signature/outcome.ts';
import type { Verifier } from '../../../lambdas/core/signature/verifier.ts';
import { compileCondition } from '../../../lambdas/core/trust/condition/condition.ts';
import { evaluateTrust, type Incomplete } from '../../../lambdas/core/trust/evaluate.ts';
import { EXCEPTION_TYPE } from '../../../lambdas/core/trust/exception.ts';
import type { Verify } from '../../../lambdas/core/trust/judge-candidate.ts';
import { SIGN_PREDICATE } from '../../../lambdas/core/trust/match-claim.ts';
import type { TrustMaterial } from '../../../lambdas/core/trust/material.ts';
import { listLeaves, type Requirement } from '../../../lambdas/core/trust/requirement.ts';

const DIGEST = digestOf('an image');
const OTHER = digestOf('another image');
const SLSA = 'https://slsa.dev/provenance/v1';
const SPDX = 'https://spdx.dev/Document';

/** Keys by the names under which the policy knows them; `twin` is the key of `anna` under another name. */
const KEYS: Record<string, KeyObject> = { anna: newKey(), ben: newKey(), carl: newKey() };
KEYS.twin = KEYS.anna ?? newKey();

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
}

const verifiers = new Map<string, Verifier>(
  Object.entries(KEYS).map(([name, key]) => [name, { kind: 'key', key, log: 'not-required' }]),
);

function materialOf(require: Requirement): TrustMaterial {
  const signers = Object.fromEntries(
    Object.keys(KEYS).map((name) => [name, { key: { file: `${name}.pub` }, transparencyLog: 'not-required' as const }]),
  );
  const conditions = new Map(
    listLeaves(require).flatMap((leaf) =>
      'attestedBy' in leaf && leaf.condition !== undefined ? [[leaf.condition, compileCondition(leaf.condition)]] : [],
    ),
  );
  const images = [{ name: 'acme', repositories: ['acme/**'], require, platformImages: 'covered' as const }];
  return {
    policy: { version: 1, roots: {}, signers, images, otherRepositories: 'ignore' },
    verifiers,
    conditions,
  };
}

/** A candidate and what the engine says of it: it verifies with the keys of its signers and with no other. */
interface Made {
  readonly candidate: SignatureCandidate;
  readonly by: string;
  readonly content: SignedContent;
}

let made = 0;

function make(by: string, content: SignedContent, format: 'bundle' | 'simple-signing' | 'dsse' = 'bundle'): Made {
  made += 1;
  const origin = { kind: 'referrer', manifest: digestOf(`referrer ${made}`) } as const;
  const bytes = Buffer.from(writeClaim(content));
  const candidates = {
    bundle: { format: 'bundle', origin, bytes },
    'simple-signing': { format: 'simple-signing', origin, payload: bytes, annotations: {} },
    dsse: { format: 'dsse', origin, envelope: bytes, annotations: {} },
  } as const;
  return { by, content, candidate: candidates[format] };
}

/** A bundle or envelope as it claims to be: its signature is for `verifyMade` to judge. */
function writeClaim(content: SignedContent): string {
  const claim =
    content.kind === 'statement'
      ? {
          _type: 'https://in-toto.io/Statement/v1',
          subject: content.subjects.map(({ algorithm, value }) => ({ digest: { [algorithm.toLowerCase()]: value } })),
          predicateType: content.predicateType,
        }
      : {};
  const payload = Buffer.from(JSON.stringify(claim)).toString('base64');
  const dsseEnvelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [{ sig: 'AAAA' }] };
  const verificationMaterial = { publicKey: { hint: String(made) }, tlogEntries: [] };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial,
    dsseEnvelope,
  });
}

function statement(predicateType: string, digest = DIGEST, predicate: object = {}): SignedContent {
  const value = digest.slice('sha256:'.length);
  return { kind: 'statement', predicateType, subjects: [{ algorithm: 'sha256', value }], predicate };
}

const signature = (by: string, digest = DIGEST) => make(by, statement(SIGN_PREDICATE, digest));
const attestation = (by: string, predicateType = SLSA) => make(by, statement(predicateType));

function verifyMade(all: readonly Made[], signer: SignerFacts = { kind: 'key' }): Verify {
  return (candidate, verifier): SignatureOutcome => {
    const found = all.find((one) => one.candidate === candidate);
    const key = found === undefined ? undefined : KEYS[found.by];
    return found !== undefined && verifier.kind === 'key' && key !== undefined && verifier.key.equals(key)
      ? { ok: true, signer, content: found.content, signedAt: [], checks: [] }
      : { ok: false, code: 'bad-signature', message: 'the signature does not verify', checks: [] };
  };
}

function evaluate(require: Requirement, all: readonly Made[], incomplete?: Incomplete) {
  const image = { repository: 'acme/app', digest: DIGEST, candidates: all.map(({ candidate }) => candidate) };
  const complete = incomplete === undefined ? image : { ...image, incomplete };
  const decision = evaluateTrust(complete, materialOf(require), verifyMade(all));
  if (decision === undefined) throw new Error('no policy names the repository');
  return decision;
}

const LATER: Incomplete = { code: 'referrer-transient', message: 'slow down', lasting: false };
const NEVER: Incomplete = { code: 'limit-referrers', message: 'too many', lasting: true };

describe('one requirement', () => {
  test.each([
    ['a signature by the signer', [signature('anna')], 'verified'],
    ['a bad one beside a good one', [signature('ben'), signature('anna'), signature('carl')], 'verified'],
    ['a signature by somebody else', [signature('ben')], 'invalid'],
    ['a signature of another image', [signature('anna', OTHER)], 'invalid'],
    ['an attestation in place of a signature', [attestation('anna')], 'unsigned'],
    ['an attestation by somebody else, before it is signed', [attestation('ben')], 'unsigned'],
    ['nothing', [], 'unsigned'],
  ])('%s', (_name, all, verdict) => {
    expect(evaluate({ signedBy: 'anna' }, all).verdict).toBe(verdict);
  });

  test.each([
    ['the attestation', [attestation('anna')], 'verified'],
    ['one of another predicate type', [attestation('anna', SPDX)], 'unsigned'],
    ['a predicate type that begins like it', [attestation('anna', `${SLSA}-draft`)], 'unsigned'],
    ['an image signature in its place', [signature('anna')], 'unsigned'],
    ['one by somebody else', [attestation('ben')], 'invalid'],
  ])('an attestation is demanded, there is %s', (_name, all, verdict) => {
    expect(evaluate({ attestedBy: 'anna', predicateType: SLSA }, all).verdict).toBe(verdict);
  });

  test('a legacy layer is taken for what its tag says and nothing else', () => {
    const simple = { kind: 'simple-signing', manifestDigest: DIGEST, optional: null } as const;
    const good = make('anna', { ...simple, type: 'cosign container image signature' }, 'simple-signing');
    const strange = make('anna', { ...simple, type: 'something else' }, 'simple-signing');
    const attested = make('anna', statement(SIGN_PREDICATE), 'dsse');

    expect(evaluate({ signedBy: 'anna' }, [good]).verdict).toBe('verified');
    expect(evaluate({ signedBy: 'anna' }, [strange])).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'wrong-statement' }],
    });
    expect(evaluate({ signedBy: 'anna' }, [attested]).verdict).toBe('unsigned');
    expect(evaluate({ attestedBy: 'anna', predicateType: SLSA }, [good]).verdict).toBe('unsigned');
  });

  test('a signature over bare bytes is no image signature, even over the bytes of the manifest', () => {
    const bare = make('anna', { kind: 'message', digest: { algorithm: 'sha256', value: DIGEST.slice(7) } });

    expect(evaluate({ signedBy: 'anna' }, [bare]).verdict).toBe('invalid');
  });

  test.each(['sha1', 'SHA256', 'sha512'])('a subject with a %s digest does not name the image', (algorithm) => {
    const subjects = [{ algorithm, value: DIGEST.slice(7) }];
    const wrong = make('anna', { kind: 'statement', predicateType: SIGN_PREDICATE, subjects, predicate: {} });

    expect(evaluate({ signedBy: 'anna' }, [wrong])).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'subject-mismatch' }],
    });
  });

  test('made with a certificate where a key is demanded: nobody claimed to be that key', () => {
    const one = signature('anna');
    const verify: Verify = () => ({ ok: false, code: 'wrong-material', message: 'a certificate', checks: [] });
    const image = { repository: 'acme/app', digest: DIGEST, candidates: [one.candidate] };

    expect(evaluateTrust(image, materialOf({ signedBy: 'anna' }), verify)).toMatchObject({
      verdict: 'unsigned',
      reasons: [{ code: 'wrong-material' }, { code: 'no-candidate' }],
    });
  });
});

describe('what an attestation says', () => {
  const source = 'github.com/acme/app';
  const require = { attestedBy: 'anna', provenance: { source, branch: 'main' } };
  const provenance = (by: string, ref: string) =>
    make(by, {
      kind: 'statement',
      predicateType: SLSA,
      subjects: [{ algorithm: 'sha256', value: DIGEST.slice(7) }],
      predicate: {
        buildDefinition: { buildType: 't', externalParameters: { workflow: { repository: `https://${source}`, ref } } },
        runDetails: { builder: { id: 'b' } },
      },
    });

  test.each([
    ['is what is demanded', [provenance('anna', 'refs/heads/main')], 'verified', 'policy-satisfied'],
    ['is something else', [provenance('anna', 'refs/heads/other')], 'invalid', 'predicate-mismatch'],
    ['is said by somebody else', [provenance('ben', 'refs/heads/main')], 'invalid', 'bad-signature'],
    [
      'is said by one of two',
      [provenance('anna', 'refs/x'), provenance('anna', 'refs/heads/main')],
      'verified',
      'policy-satisfied',
    ],
    ['is no provenance in spite of its type', [attestation('anna')], 'invalid', 'predicate-mismatch'],
    ['is a statement of another type', [attestation('anna', SPDX)], 'unsigned', 'no-candidate'],
  ])('%s', (_name, all, verdict, code) => {
    const decision = evaluate(require, all);

    expect(decision.verdict).toBe(verdict);
    expect(decision.reasons.map((reason) => reason.code)).toContain(code);
  });

  test.each([
    ['true', 'predicate.runDetails.builder.id == "b"', 'verified'],
    ['false', 'predicate.runDetails.builder.id == "c"', 'invalid'],
    ['not to be answered', 'predicate.nothing == 1', 'invalid'],
  ])('fulfils a condition that is %s', (_name, condition, verdict) => {
    expect(evaluate({ ...require, condition }, [provenance('anna', 'refs/heads/main')]).verdict).toBe(verdict);
  });

  test('a condition that was not compiled leaves everything undecided', () => {
    const all = [attestation('anna')];
    const image = { repository: 'acme/app', digest: DIGEST, candidates: all.map(({ candidate }) => candidate) };
    const material = {
      ...materialOf({ attestedBy: 'anna', predicateType: SLSA, condition: 'true' }),
      conditions: new Map(),
    };

    expect(evaluateTrust(image, material, verifyMade(all))?.verdict).toBe('error');
  });
});

describe('what was not read', () => {
  test.each([
    ['nothing was found yet', [], LATER, 'error'],
    ['only a bad one was found yet', [signature('ben')], LATER, 'error'],
    ['a good one was found already', [signature('anna')], LATER, 'verified'],
    ['more is attached than is read', [], NEVER, 'invalid'],
    ['more is attached than is read, a good one among what was', [signature('anna')], NEVER, 'verified'],
  ])('%s', (_name, all, incomplete, verdict) => {
    const decision = evaluate({ signedBy: 'anna' }, all, incomplete);

    expect(decision.verdict).toBe(verdict);
    if (verdict !== 'verified')
      expect(decision.reasons).toContainEqual({ code: incomplete.code, message: incomplete.message });
  });

  test('a format that is not read is told and counts for nothing', () => {
    const envelope = Buffer.from('{}');
    const candidates: SignatureCandidate[] = [
      { format: 'notation', origin: { kind: 'referrer' }, mediaType: 'application/jose+json', envelope },
    ];
    const image = { repository: 'acme/app', digest: DIGEST, candidates };
    const decision = evaluateTrust(image, materialOf({ signedBy: 'anna' }), verifyMade([]));

    expect(decision).toMatchObject({
      verdict: 'unsigned',
      reasons: [{ code: 'no-candidate' }, { code: 'unread-format' }],
    });
  });
});

describe('requirements of requirements', () => {
  const anna: Requirement = { signedBy: 'anna' };
  const ben: Requirement = { signedBy: 'ben' };
  const carl: Requirement = { signedBy: 'carl' };

  test.each<[string, Requirement, readonly Made[], string]>([
    ['all: both signed', { all: [anna, ben] }, [signature('anna'), signature('ben')], 'verified'],
    ['all: one has signed, the other may still', { all: [anna, ben] }, [signature('anna')], 'unsigned'],
    ['all: one has signed, a stranger too', { all: [anna, ben] }, [signature('anna'), signature('carl')], 'invalid'],
    ['any: the second signed', { any: [anna, ben] }, [signature('ben')], 'verified'],
    ['any: a stranger signed', { any: [anna, ben] }, [signature('carl')], 'invalid'],
    ['two of three', { atLeast: 2, of: [anna, ben, carl] }, [signature('carl'), signature('anna')], 'verified'],
    ['one of three where two are wanted', { atLeast: 2, of: [anna, ben, carl] }, [signature('carl')], 'unsigned'],
    ['one twice', { atLeast: 2, of: [anna, anna] }, [signature('anna'), signature('anna')], 'unsigned'],
    [
      'one key under two names',
      { atLeast: 2, of: [anna, { signedBy: 'twin' }] },
      [signature('anna'), signature('twin')],
      'unsigned',
    ],
    [
      'one person for two groups',
      { atLeast: 2, of: [{ any: [anna, ben] }, { any: [anna, carl] }] },
      [signature('anna')],
      'unsigned',
    ],
    [
      'two persons for two groups, one of them in both',
      { atLeast: 2, of: [{ any: [anna, ben] }, { any: [anna, carl] }] },
      [signature('anna'), signature('ben')],
      'verified',
    ],
    [
      'one person who does two different things',
      { atLeast: 2, of: [anna, { attestedBy: 'anna', predicateType: SLSA }] },
      [signature('anna'), attestation('anna')],
      'verified',
    ],
    ['all may name the same thing twice', { all: [anna, anna] }, [signature('anna')], 'verified'],
  ])('%s', (_name, require, all, verdict) => {
    expect(evaluate(require, all).verdict).toBe(verdict);
  });

  test('two names of one signer are told', () => {
    const decision = evaluate({ atLeast: 2, of: [anna, { signedBy: 'twin' }] }, [signature('anna')]);

    expect(decision.reasons).toContainEqual({
      code: 'same-signer',
      message: '2 different signers are demanded, 1 signed.',
    });
  });

  test('a line that cannot be decided keeps the image undecided only while it could matter', () => {
    const all = [signature('anna')];

    expect(evaluate({ any: [anna, ben] }, all, LATER).verdict).toBe('verified');
    expect(evaluate({ all: [anna, ben] }, all, LATER).verdict).toBe('error');
  });

  test('the policy line of each piece of evidence leads to its requirement', () => {
    const decision = evaluate({ all: [anna, { any: [ben, carl] }] }, [signature('anna'), signature('carl')]);

    expect(decision.verdict).toBe('verified');
    expect(
      decision.evidence.filter(({ outcome }) => outcome === 'satisfied').map(({ policyLine }) => policyLine),
    ).toEqual(['images[0].require.all[0]', 'images[0].require.all[1].any[1]']);
  });

  test('the engine is asked once for each candidate and key, however often the policy names it', () => {
    const all = [signature('anna'), signature('ben')];
    const verify = vi.fn(verifyMade(all));
    const image = { repository: 'acme/app', digest: DIGEST, candidates: all.map(({ candidate }) => candidate) };

    evaluateTrust(image, materialOf({ any: [anna, { all: [anna, ben] }, { atLeast: 1, of: [ben, anna] }] }), verify);

    expect(verify).toHaveBeenCalledTimes(4);
  });
});

describe('whatever is attached', () => {
  const names = fc.constantFrom('anna', 'ben', 'carl');
  const leaf: fc.Arbitrary<Requirement> = fc.oneof(
    names.map((name) => ({ signedBy: name })),
    names.map((name) => ({ attestedBy: name, predicateType: SLSA })),
  );
  const { requirement } = fc.letrec<{ requirement: Requirement }>((tie) => {
    const parts = fc.array(tie('requirement'), { minLength: 1, maxLength: 3 });
    return {
      requirement: fc.oneof(
        { maxDepth: 3 },
        leaf,
        parts.map((all) => ({ all })),
        parts.map((any) => ({ any })),
        parts.chain((of) => fc.integer({ min: 1, max: of.length }).map((atLeast) => ({ atLeast, of }))),
      ),
    };
  });
  const acts = fc.array(fc.record({ by: names, attests: fc.boolean() }), { maxLength: 5 });
  const makeAll = (list: readonly { by: string; attests: boolean }[]) =>
    list.map(({ by, attests }) => (attests ? attestation(by) : signature(by)));

  test('junk beside the signatures never changes verified to something else, nor something else to verified', () => {
    fc.assert(
      fc.property(requirement, acts, (require, list) => {
        const all = makeAll(list);
        const junk = [
          signature('nobody'),
          attestation('nobody', SPDX),
          signature('anna', OTHER),
          signature('ben', OTHER),
        ];
        const before = evaluate(require, all).verdict === 'verified';

        expect(evaluate(require, [...junk, ...all]).verdict === 'verified').toBe(before);
        expect(evaluate(require, all, LATER).verdict === 'verified').toBe(before);
        expect(evaluate(require, all, NEVER).verdict === 'verified').toBe(before);
      }),
    );
  });

  test('nothing is verified without a signature of a signer that the policy names', () => {
    fc.assert(
      fc.property(requirement, acts, (require, list) => {
        const all = makeAll(list.map((one) => ({ ...one, by: 'nobody' })));

        expect(evaluate(require, all).verdict).not.toBe('verified');
      }),
    );
  });

  test('the order of the candidates does not matter', () => {
    fc.assert(
      fc.property(requirement, acts, (require, list) => {
        const all = makeAll(list);

        expect(evaluate(require, all.toReversed()).verdict).toBe(evaluate(require, all).verdict);
      }),
    );
  });
});

test('a repository that no policy names has no decision', () => {
  const image = { repository: 'other/app', digest: DIGEST, candidates: [] };

  expect(evaluateTrust(image, materialOf({ signedBy: 'anna' }), verifyMade([]))).toBeUndefined();
});

describe('a signature that has to be verified again', () => {
  const until = new Map<Made, number>();
  const ending = (by: string, end: number) => {
    const one = signature(by);
    until.set(one, end);
    return one;
  };

  function decide(require: Requirement, all: readonly Made[]) {
    const judged = verifyMade(all);
    const verify: Verify = (candidate, verifier) => {
      const outcome = judged(candidate, verifier);
      const end = until.get(all.find((one) => one.candidate === candidate) ?? signature('nobody'));
      return outcome.ok && end !== undefined ? { ...outcome, holdsUntil: end } : outcome;
    };
    const candidates = all.map(({ candidate }) => candidate);
    return evaluateTrust({ repository: 'acme/app', digest: DIGEST, candidates }, materialOf(require), verify);
  }

  const [anna, ben, carl] = [{ signedBy: 'anna' }, { signedBy: 'ben' }, { signedBy: 'carl' }];

  test.each<[string, Requirement, readonly Made[], number | undefined]>([
    ['ends the verdict', anna, [ending('anna', 5)], 5],
    ['does not, beside one that holds for good', anna, [ending('anna', 5), signature('anna')], undefined],
    ['ends it with the last of its kind', anna, [ending('anna', 5), ending('anna', 9)], 9],
    ['of a signer who is not asked does not', anna, [signature('anna'), ending('ben', 5)], undefined],
    ['ends what needs all with the first', { all: [anna, ben] }, [ending('anna', 5), ending('ben', 9)], 5],
    ['ends what needs any with the last', { any: [anna, ben] }, [ending('anna', 5), ending('ben', 9)], 9],
    [
      'ends what needs two of three with the second',
      { atLeast: 2, of: [anna, ben, carl] },
      [ending('anna', 5), ending('ben', 9), signature('carl')],
      9,
    ],
    [
      'counts once for one key under two names',
      { atLeast: 2, of: [anna, { signedBy: 'twin' }, ben, carl] },
      [signature('anna'), signature('twin'), ending('ben', 5), ending('carl', 9)],
      9,
    ],
  ])('%s', (_name, require, all, end) => {
    const decision = decide(require, all);

    expect(decision?.verdict).toBe('verified');
    expect(decision?.validUntil).toBe(end);
  });

  test('ends nothing where the image is refused', () => {
    expect(decide({ all: [anna, ben] }, [ending('anna', 5)])).not.toHaveProperty('validUntil');
  });
});

describe('an exception', () => {
  const NOON = Date.UTC(2026, 10, 23, 12);
  const DAY = 86_400_000;
  const day = (days: number) => new Date(NOON + days * DAY).toISOString();
  const terms = { reason: 'the vendor signs from the next release on', issued: day(-1), expires: day(6) };
  const except = (by: string, changes: object = {}, digest = DIGEST) =>
    make(by, statement(EXCEPTION_TYPE, digest, { ...terms, ...changes }));

  function decide(all: readonly Made[], now = NOON, incomplete?: Incomplete) {
    const material = materialOf({ signedBy: 'anna' });
    const images = material.policy.images.map((one) => ({
      ...one,
      exceptions: { approvedBy: 'ben', longest: '7d' },
    }));
    const image = {
      repository: 'acme/app',
      digest: DIGEST,
      candidates: all.map(({ candidate }) => candidate),
      now,
      ...(incomplete !== undefined && { incomplete }),
    };
    return evaluateTrust(image, { ...material, policy: { ...material.policy, images } }, verifyMade(all));
  }

  test('by the signer who may except verifies the image until it ends, and says so', () => {
    expect(decide([except('ben')])).toMatchObject({
      verdict: 'verified',
      validUntil: NOON + 6 * DAY,
      reasons: [{ code: 'excepted', message: expect.stringContaining(terms.reason) }, { code: 'no-candidate' }],
      evidence: [{ policyLine: 'images[0].exceptions', outcome: 'satisfied' }, { outcome: 'missing' }],
    });
  });

  test('does not matter where the policy is fulfilled', () => {
    const decision = decide([except('ben'), signature('anna')]);

    expect(decision).toMatchObject({ verdict: 'verified', reasons: [{ code: 'policy-satisfied' }] });
    expect(decision).not.toHaveProperty('validUntil');
  });

  test('holds also where something else could not be read', () => {
    expect(decide([except('ben')], NOON, LATER)?.verdict).toBe('verified');
  });

  test.each([
    ['by another signer', [except('carl')]],
    ['by the signer of the images', [except('anna')]],
    ['of another image', [except('ben', {}, OTHER)]],
    ['that has ended', [except('ben', { issued: day(-7), expires: day(0) })]],
    ['that has not begun', [except('ben', { issued: day(1), expires: day(2) })]],
    ['that lasts too long', [except('ben', { issued: day(-1), expires: day(6.1) })]],
    ['without an end', [except('ben', { expires: undefined })]],
    ['with an end that is no time', [except('ben', { expires: 'never' })]],
    ['without a reason', [except('ben', { reason: '' })]],
    ['that is an image signature', [signature('ben')]],
    ['of another type', [attestation('ben')]],
  ])('%s is none', (_name, all) => {
    expect(decide(all)?.verdict).not.toBe('verified');
  });

  test('holds nowhere without the time', () => {
    const material = materialOf({ signedBy: 'anna' });
    const images = material.policy.images.map((one) => ({
      ...one,
      exceptions: { approvedBy: 'ben', longest: '7d' },
    }));
    const all = [except('ben')];
    const image = { repository: 'acme/app', digest: DIGEST, candidates: all.map(({ candidate }) => candidate) };

    expect(
      evaluateTrust(image, { ...material, policy: { ...material.policy, images } }, verifyMade(all))?.verdict,
    ).toBe('unsigned');
  });

  test('is nothing where the policy allows none', () => {
    expect(evaluate({ signedBy: 'anna' }, [except('ben')]).verdict).not.toBe('verified');
  });
});
