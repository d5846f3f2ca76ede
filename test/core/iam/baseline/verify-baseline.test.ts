import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { digestOf } from '../../../../lambdas/core/digest.ts';
import {
  type BaselineQuestion,
  type BaselineStanding,
  verifyBaseline,
} from '../../../../lambdas/core/iam/baseline/verify-baseline.ts';
import { loadTrustMaterial } from '../../../../lambdas/core/trust/material.ts';
import { trustPolicySchema } from '../../../../lambdas/core/trust/policy.ts';
import {
  approvalStatement,
  baselineStatement,
  createKeyHolder,
  ROLE_ARN,
  roleState,
  trustBaselines,
} from '../../../support/baselines.ts';
import { NOW, RELEASE, setUpEngine } from '../../../support/engine.ts';

const anna = createKeyHolder('anna');
const ben = createKeyHolder('ben');
const mallory = createKeyHolder('mallory');
const byAnna = trustBaselines([anna, ben], {
  require: { signedBy: 'anna' },
  approvals: { require: { signedBy: 'ben' }, longest: '30d' },
});

const ask = (lines: readonly string[] | undefined, changes: Partial<BaselineQuestion> = {}, material = byAnna) =>
  verifyBaseline({ arn: ROLE_ARN, text: lines?.join('\n'), now: NOW, ...changes }, material);
const codeOf = (standing: BaselineStanding) =>
  standing.state === 'signed' ? `signed v${standing.baseline.version}` : `${standing.state}: ${standing.reason.code}`;

describe('verifyBaseline', () => {
  it('gives the state that was signed, with its version and the evidence', () => {
    const standing = ask([anna.signLine(baselineStatement())]);

    expect(standing).toMatchObject({
      state: 'signed',
      baseline: { state: roleState(), version: 1, approved: [] },
      evidence: [{ outcome: 'satisfied', requirement: expect.stringContaining('urn:countersign:iam-baseline:v1') }],
    });
  });

  it('takes the newest of several versions, in whatever order they stand', () => {
    const lines = [2, 3, 1].map((version) => anna.signLine(baselineStatement({ version })));

    expect(codeOf(ask(lines))).toBe('signed v3');
  });

  it('lets one bad line neither pass nor block', () => {
    const good = anna.signLine(baselineStatement());
    const forged = mallory.signLine(baselineStatement({ version: 9 }));

    expect(codeOf(ask(['{}', 'nonsense', forged, good, '']))).toBe('signed v1');
  });

  it.each<[string, () => BaselineStanding, string]>([
    ['no file', () => ask(undefined), 'missing: no-baseline'],
    ['an empty file', () => ask([]), 'missing: no-baseline'],
    ['a file with nothing signed', () => ask(['{}']), 'invalid: no-statement'],
    ['somebody else’s signature', () => ask([mallory.signLine(baselineStatement())]), 'invalid: not-signed'],
    [
      'an approval in place of a baseline',
      () => ask([anna.signLine(approvalStatement({ state: roleState() }))]),
      'invalid: no-statement',
    ],
    [
      'the baseline of another role',
      () => ask([anna.signLine(baselineStatement({ state: roleState({ arn: `${ROLE_ARN}2` }) }))]),
      'invalid: no-statement',
    ],
    [
      'a statement whose subject is another state',
      () => ask([anna.signLine(withState(baselineStatement(), roleState({ inline: [] })))]),
      'invalid: not-signed',
    ],
    [
      'a payload that was changed after it was signed',
      () => ask([swapPayload(anna.signLine(baselineStatement()), baselineStatement({ version: 2 }))]),
      'invalid: not-signed',
    ],
    [
      'a baseline that has ended',
      () => ask([anna.signLine(baselineStatement({ expires: '2026-11-23T12:00:00Z' }))]),
      'expired: expired',
    ],
    [
      'a newest one that has ended, though an older one has not',
      () =>
        ask([
          anna.signLine(baselineStatement()),
          anna.signLine(baselineStatement({ version: 2, expires: '2026-11-02T00:00:00Z' })),
        ]),
      'expired: expired',
    ],
    [
      'a baseline from tomorrow',
      () => ask([anna.signLine(baselineStatement({ created: '2026-11-24T12:00:00Z' }))]),
      'invalid: not-yet',
    ],
    [
      'two of one version',
      () =>
        ask([
          anna.signLine(baselineStatement({ version: 2 })),
          anna.signLine(baselineStatement({ version: 2, state: roleState({ inline: [] }) })),
        ]),
      'invalid: contradiction',
    ],
    [
      'an older one than was accepted',
      () => ask([anna.signLine(baselineStatement({ version: 4 }))], { known: { version: 5, digest: digestOf('x') } }),
      'rolled-back: rolled-back',
    ],
    [
      'another one of the version that was accepted',
      () => ask([anna.signLine(baselineStatement({ version: 5 }))], { known: { version: 5, digest: digestOf('x') } }),
      'rolled-back: rolled-back',
    ],
    [
      'an ARN that no entry names',
      () =>
        ask(
          [anna.signLine(baselineStatement())],
          {},
          trustBaselines([anna], { resources: ['arn:aws:iam::*:user/**'], require: { signedBy: 'anna' } }),
        ),
      'missing: no-policy',
    ],
    ['too many lines', () => ask(Array(300).fill('{}')), 'unreadable: too-large'],
    ['too much text', () => ask(['x'.repeat(9 * 1024 * 1024)]), 'unreadable: too-large'],
  ])('refuses %s', (_name, act, expected) => {
    const standing = act();

    expect(codeOf(standing)).toBe(expected);
    expect(standing).not.toHaveProperty('baseline');
  });

  it('accepts again what it accepted before', () => {
    const lines = [anna.signLine(baselineStatement({ version: 5 }))];
    const first = ask(lines);
    const digest = first.state === 'signed' ? first.baseline.digest : digestOf('none');

    expect(codeOf(ask(lines, { known: { version: 5, digest } }))).toBe('signed v5');
  });

  describe('where two have to sign', () => {
    const both = trustBaselines([anna, ben], {
      require: { atLeast: 2, of: [{ signedBy: 'anna' }, { signedBy: 'ben' }] },
    });

    it('counts two over the same words', () => {
      const statement = baselineStatement();

      expect(codeOf(ask([anna.signLine(statement), ben.signLine(statement)], {}, both))).toBe('signed v1');
    });

    it.each([
      ['another version', { version: 2 }],
      ['another end', { expires: '2027-01-01T00:00:00Z' }],
      ['another state', { state: roleState({ inline: [] }) }],
    ])('does not add up signatures over %s', (_name, change) => {
      const lines = [anna.signLine(baselineStatement()), ben.signLine(baselineStatement(change))];

      expect(codeOf(ask(lines, {}, both))).toBe('invalid: not-signed');
    });

    it('counts one who signs twice once', () => {
      const statement = baselineStatement();

      expect(codeOf(ask([anna.signLine(statement), anna.signLine(statement)], {}, both))).toBe('invalid: not-signed');
    });
  });

  describe('approvals', () => {
    const baseline = anna.signLine(baselineStatement());
    const approvalsOf = (line: string, material = byAnna) => {
      const standing = ask([baseline, line], {}, material);
      return standing.state === 'signed' ? standing.baseline.approved : standing;
    };

    it('are appended by whom the policy names', () => {
      expect(approvalsOf(ben.signLine(approvalStatement()))).toEqual([
        {
          state: roleState({ inline: [] }),
          reason: 'incident 7',
          since: Date.UTC(2026, 10, 20),
          until: Date.UTC(2026, 10, 25),
        },
      ]);
    });

    it.each<[string, string]>([
      ['by somebody else', anna.signLine(approvalStatement())],
      ['that have ended', ben.signLine(approvalStatement({ expires: '2026-11-23T11:59:59Z' }))],
      ['that have not begun', ben.signLine(approvalStatement({ issued: '2026-11-24T00:00:00Z' }))],
      ['that last too long', ben.signLine(approvalStatement({ expires: '2027-11-25T00:00:00Z' }))],
      ['of another baseline', ben.signLine(approvalStatement({ baselineVersion: 2 }))],
      ['of another role', ben.signLine(approvalStatement({ state: roleState({ arn: `${ROLE_ARN}2` }) }))],
    ])('do not hold %s', (_name, line) => {
      expect(approvalsOf(line)).toEqual([]);
    });

    it('do not hold where the policy names nobody', () => {
      const material = trustBaselines([anna, ben], { require: { signedBy: 'anna' } });

      expect(approvalsOf(ben.signLine(approvalStatement()), material)).toEqual([]);
    });
  });

  it('takes a bare envelope as well as a bundle', () => {
    const bundle: { dsseEnvelope: unknown } = JSON.parse(anna.signLine(baselineStatement()));

    expect(codeOf(ask([JSON.stringify(bundle.dsseEnvelope)]))).toBe('signed v1');
  });

  describe('signed by a CI identity', () => {
    const { sigstore } = setUpEngine();
    const byRelease = trustWorkflow('https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main');
    const bundle = (statement: Buffer) => JSON.stringify(sigstore.signPayload(statement, RELEASE));

    function trustWorkflow(identity: string) {
      const policy = trustPolicySchema.parse({
        version: 1,
        roots: { sigstore: { file: 'root.json' } },
        signers: {
          ci: { keyless: { root: 'sigstore', issuer: 'https://token.actions.githubusercontent.com', identity } },
        },
        images: [{ name: 'none', repositories: ['**'], require: { signedBy: 'ci' } }],
        baselines: [{ name: 'all', resources: ['**'], require: { signedBy: 'ci' } }],
        otherRepositories: 'ignore',
      });
      const roots = { sigstore: JSON.parse(JSON.stringify(sigstore.trustedRoot())) };
      return loadTrustMaterial({ policy, roots, keys: {}, stores: {} });
    }

    it('is taken by the identity that the policy names', () => {
      expect(codeOf(ask([bundle(baselineStatement())], {}, byRelease))).toBe('signed v1');
    });

    it('is refused for another workflow', () => {
      const other = trustWorkflow('https://github.com/acme/app/.github/workflows/other.yml@refs/heads/main');

      expect(codeOf(ask([bundle(baselineStatement())], {}, other))).toBe('invalid: not-signed');
    });
  });

  test('no byte of a signed line can be changed without losing the baseline', () => {
    const line = anna.signLine(baselineStatement());
    const bytes = Buffer.from(line);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ change;
        const standing = ask([altered.toString('utf8')]);

        // The hint and the spaces are not part of what was signed: then the state is what it was.
        if (standing.state === 'signed') expect(standing.baseline.state).toEqual(roleState());
      }),
      { numRuns: 300 },
    );
  });
});

function swapPayload(line: string, statement: Buffer): string {
  const bundle = JSON.parse(line);
  bundle.dsseEnvelope.payload = statement.toString('base64');
  return JSON.stringify(bundle);
}

/** The statement with another state in its predicate, and its subject as it was. */
function withState(statement: Buffer, state: object): Buffer {
  const json = JSON.parse(statement.toString('utf8'));
  json.predicate.state = state;
  return Buffer.from(JSON.stringify(json));
}
