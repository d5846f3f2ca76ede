import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Credentials, IamUser } from '../../../../lambdas/core/iam/account.ts';
import { capturePrincipal } from '../../../../lambdas/core/iam/baseline/capture.ts';
import { compareStates } from '../../../../lambdas/core/iam/baseline/compare-states.ts';
import {
  type BaselineState,
  baselineStateSchema,
  digestState,
  normalizeState,
  type StateOf,
} from '../../../../lambdas/core/iam/baseline/state.ts';

const user: StateOf<'user'> = {
  kind: 'user',
  arn: 'arn:aws:iam::111122223333:user/ana',
  uniqueId: 'AIDAEXAMPLEANA000001',
  inline: [],
  attached: [],
  tags: [],
  groups: [],
};
const KEY = 'AKIAEXAMPLE000000001';
const none = {
  accessKeys: [],
  password: false,
  mfaDevices: [],
  sshKeys: [],
  serviceCredentials: [],
  signingCertificates: [],
} satisfies Credentials;
const withCredentials = (changes: Partial<StateOf<'user'>['credentials']> = {}): BaselineState => ({
  ...user,
  credentials: { ...none, ...changes },
});
const brief = (desired: BaselineState, found: BaselineState) =>
  compareStates(desired, found).map(({ part, name, change, verdict }) =>
    [part, name, change, verdict].filter(Boolean).join(' '),
  );
const MFA = 'arn:aws:iam::111122223333:mfa/ana';

describe('the credentials of a user', () => {
  test.each<readonly [string, Partial<StateOf<'user'>['credentials']>, string]>([
    ['an access key', { accessKeys: [KEY] }, `access-key ${KEY}`],
    ['an SSH key', { sshKeys: ['APKAEXAMPLE000000001'] }, 'ssh-key APKAEXAMPLE000000001'],
    [
      'a credential for a service',
      { serviceCredentials: ['ACCAEXAMPLE000000001'] },
      'service-credential ACCAEXAMPLE000000001',
    ],
    [
      'a signing certificate',
      { signingCertificates: ['CERTEXAMPLE000000001'] },
      'signing-certificate CERTEXAMPLE000000001',
    ],
    ['a password', { password: true }, 'password'],
  ])('%s more is wider, one less narrower', (_, changes, what) => {
    expect(brief(withCredentials(), withCredentials(changes))).toEqual([`${what} added wider`]);
    expect(brief(withCredentials(changes), withCredentials())).toEqual([`${what} removed narrower`]);
    expect(brief(withCredentials(changes), withCredentials(changes))).toEqual([]);
  });

  test('an MFA device less is wider, since the password alone is enough then', () => {
    expect(brief(withCredentials({ mfaDevices: [MFA] }), withCredentials())).toEqual([
      `mfa-device ${MFA} removed wider`,
    ]);
    expect(brief(withCredentials(), withCredentials({ mfaDevices: [MFA] }))).toEqual([
      `mfa-device ${MFA} added unknown`,
    ]);
  });

  test('another key in place of a signed one is told as both', () => {
    const other = 'AKIAEXAMPLE000000002';

    expect(brief(withCredentials({ accessKeys: [KEY] }), withCredentials({ accessKeys: [other] }))).toEqual([
      `access-key ${other} added wider`,
      `access-key ${KEY} removed narrower`,
    ]);
  });

  test('of which a baseline says nothing are not covered by it', () => {
    const found = withCredentials({ accessKeys: [KEY], password: true, mfaDevices: [MFA] });

    expect(brief(user, found)).toEqual([`access-key ${KEY} added unknown`, 'password added unknown']);
    expect(compareStates(user, found)[0]?.because?.[0]?.message).toMatch(/says nothing of credentials/);
    expect(brief(user, withCredentials())).toEqual([]);
  });

  test('that a source does not tell are not compared', () => {
    expect(brief(withCredentials({ accessKeys: [KEY], mfaDevices: [MFA] }), user)).toEqual([]);
  });

  test('make no difference to the digest of a baseline that says nothing of them', () => {
    const live: IamUser = { ...user, name: 'ana', path: '/', inline: [], boundary: undefined, tags: {} };

    expect(digestState(capturePrincipal(live, new Set()))).toBe(digestState(user));
    expect(digestState(capturePrincipal({ ...live, credentials: none }, new Set()))).not.toBe(digestState(user));
  });

  test.each([
    ['a secret in place of an id', { accessKeys: ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'] }],
    ['a member nobody knows', { secrets: [] }],
    ['a password as text', { password: 'hunter2' }],
    ['a serial number with a line break', { mfaDevices: [`${MFA}\n`] }],
  ])('with %s are no baseline', (_, changes) => {
    expect(baselineStateSchema.safeParse({ ...user, credentials: { ...none, ...changes } }).success).toBe(false);
  });

  it('have one signed form, whatever the order', () => {
    const ids = fc.array(fc.stringMatching(/^[A-Z0-9]{16,20}$/), { maxLength: 5 });
    fc.assert(
      fc.property(ids, ids, (accessKeys, sshKeys) => {
        const state = withCredentials({ accessKeys, sshKeys });
        const turned = withCredentials({ accessKeys: accessKeys.toReversed(), sshKeys: [...sshKeys, ...sshKeys] });
        expect(normalizeState(turned)).toEqual(normalizeState(state));
        expect(brief(state, turned)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
