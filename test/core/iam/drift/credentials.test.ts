import { describe, expect, test } from 'vitest';
import { parseDigest } from '../../../../lambdas/core/digest.ts';
import type { Credentials } from '../../../../lambdas/core/iam/account.ts';
import type { BaselineState } from '../../../../lambdas/core/iam/baseline/state.ts';
import { type DriftQuestion, decideDrift, digestBaseline } from '../../../../lambdas/core/iam/drift/decide.ts';
import type { LiveState } from '../../../../lambdas/core/iam/live-state.ts';
import { invertIamCall, toIamCall } from '../../../../lambdas/core/ledger/calls/iam.ts';

const ACCOUNT = '111122223333';
const ANA = `arn:aws:iam::${ACCOUNT}:user/ana`;
const KEY = 'AKIAEXAMPLE000000001';
const MFA = `arn:aws:iam::${ACCOUNT}:mfa/ana`;
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
const none = {
  accessKeys: [],
  password: false,
  mfaDevices: [],
  sshKeys: [],
  serviceCredentials: [],
  signingCertificates: [],
} satisfies Credentials;
const signed = { kind: 'user', arn: ANA, uniqueId: 'any', inline: [], attached: [], tags: [], groups: [] } as const;

function decide(
  live: Partial<Extract<LiveState, { kind: 'user' }>>,
  credentials: Partial<Credentials> | undefined = {},
  mode: DriftQuestion['settings']['mode'] = 'enforce',
  passwordSetAt?: number,
) {
  const { accessKeys = [], mfaDevices = [], password = false } = credentials;
  const said = { ...none, accessKeys: [...accessKeys], mfaDevices: [...mfaDevices], password };
  const state: BaselineState = {
    ...signed,
    inline: [],
    attached: [],
    tags: [],
    groups: [],
    ...(credentials !== SILENT && { credentials: said }),
  };
  return decideDrift({
    account: ACCOUNT,
    resource: ANA,
    standing: {
      state: 'signed',
      baseline: { state, version: 1, digest: parseDigest(digestBaseline(state)), createdAt: 0, approved: [] },
      evidence: [],
    },
    live: {
      ...{ kind: 'user', arn: ANA, uniqueId: 'AIDAEXAMPLE000000001', name: 'ana', path: '/', boundary: undefined },
      ...{ inline: [], attached: [], tags: {}, groups: [] },
      credentials: none,
      ...live,
    },
    compare: {},
    settings: { mode, mostHolders: 3, principals: [], own: [] },
    policyHash: `sha256:${'0'.repeat(64)}`,
    episode: 1,
    now: 0,
    spares: [],
    holders: undefined,
    passwordSetAt,
  });
}
/** A baseline that says nothing of credentials. */
const SILENT: Partial<Credentials> = {};
const actions = ({ plan }: ReturnType<typeof decideDrift>) => plan?.steps.map(({ call }) => call.action);

describe('a credential that nobody signed', () => {
  test('is switched off before anything else, and can be switched on again', () => {
    const credentials = {
      ...none,
      accessKeys: [KEY],
      sshKeys: ['APKAEXAMPLE000000001'],
      serviceCredentials: ['ACCAEXAMPLE000000001'],
      signingCertificates: ['CERTEXAMPLE000000001'],
    };
    const decision = decide({ credentials, attached: [admin] });

    expect(actions(decision)).toEqual([
      'iam:UpdateAccessKey',
      'iam:UpdateSSHPublicKey',
      'iam:UpdateServiceSpecificCredential',
      'iam:UpdateSigningCertificate',
      'iam:DetachUserPolicy',
    ]);
    expect(decision.plan).toMatchObject({
      mode: 'enforce',
      steps: [{ call: { keyId: KEY, to: 'Inactive' }, inverse: { call: { to: 'Active' } } }, {}, {}, {}, {}],
    });
    expect(decision.observation.deviations[0]).toBe(`attachment of ${admin} was added, which is possibly wider`);
  });

  test.each(['enforce', 'approve'] as const)(
    'that is a password waits in %s for an operator, who is told that it is lost',
    (mode) => {
      const { plan } = decide({ credentials: { ...none, password: true } }, {}, mode);

      expect(plan).toMatchObject({
        mode: 'approve',
        steps: [{ call: { action: 'iam:DeleteLoginProfile' }, inverse: { irreversible: expect.any(String) } }],
      });
    },
  );

  test('that is a password holds up nothing else', () => {
    const decision = decide({ credentials: { ...none, password: true, accessKeys: [KEY] } });

    expect(decision.plan?.mode).toBe('enforce');
    expect(actions(decision)).toEqual(['iam:UpdateAccessKey']);
  });

  test('stays as it is where the baseline says nothing of credentials', () => {
    const decision = decide({ credentials: { ...none, password: true, accessKeys: [KEY] } }, SILENT);

    expect(decision.observation).toMatchObject({ state: 'drifted', verdict: 'unknown' });
    expect(decision.observation.deviations[0]).toMatch(/possibly wider \(the baseline says nothing of credentials\)/);
    expect(decision.plan).toBeUndefined();
  });
});

describe('a signed credential that is gone', () => {
  test.each<readonly [string, Partial<Credentials>, string]>([
    ['a key', { accessKeys: [KEY] }, 'narrower'],
    ['the password', { password: true }, 'narrower'],
    ['an MFA device', { mfaDevices: [MFA] }, 'wider'],
  ])('is told and not brought back: %s', (_, said, verdict) => {
    const { observation, plan } = decide({}, said);

    expect(observation).toMatchObject({ state: 'drifted', verdict });
    expect(plan).toBeUndefined();
  });
});

test('an MFA device that nobody signed is told and left', () => {
  expect(decide({ credentials: { ...none, mfaDevices: [MFA] } })).toMatchObject({ observation: { state: 'drifted' } });
  expect(decide({ credentials: { ...none, mfaDevices: [MFA] } }).plan).toBeUndefined();
});

describe('a signed password that somebody set anew', () => {
  const held = { ...none, password: true };
  const decideAt = (passwordSetAt?: number) =>
    decide({ credentials: held }, { password: true }, 'enforce', passwordSetAt);

  test('is drift that only an operator ends', () => {
    const { observation, plan } = decideAt(1);

    expect(observation).toMatchObject({
      state: 'drifted',
      deviations: ['the password for the console was changed, which is possibly wider'],
    });
    expect(plan).toMatchObject({ mode: 'approve', steps: [{ call: { slot: 'login-profile' } }] });
  });

  test('is none where the baseline was made after it, or nothing is known of it', () => {
    expect(decideAt(0).observation.state).toBe('covered');
    expect(decideAt(undefined).observation.state).toBe('covered');
  });
});

test('nothing takes the deletion of a password back', () => {
  const call = toIamCall({ slot: 'login-profile', account: ACCOUNT, user: 'ana', from: 'password', to: null });

  expect(invertIamCall(call)).toBeUndefined();
});
