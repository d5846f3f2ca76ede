import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCall } from '../../../../lambdas/core/ledger/call.ts';
import { invertSettingCall, settingCall, toSettingCall } from '../../../../lambdas/core/ledger/calls/setting.ts';
import { SETTINGS } from '../../../../lambdas/core/ledger/calls/settings/index.ts';
import { pairsOf, SETTING_CASES, SETTING_NAMES } from '../../../support/settings/index.ts';

const place = { account: '123456789012', region: 'eu-west-1' };
const bucket = { ...place, setting: 'bucket-public-access', target: 'reports' } as const;
const [, closed = null, half = null] = SETTING_CASES['bucket-public-access'].contents;

describe.each(SETTING_NAMES)('a call that sets %s', (setting) => {
  const { contents, only = '', missing: target = only } = SETTING_CASES[setting];
  const pairs = pairsOf(setting);

  it('is read back from what it is written as, and is its own inverse with the ends exchanged', () => {
    for (const ends of pairs) {
      const call = toSettingCall({ ...place, setting, target, ...ends });

      expect(settingCall.parse(JSON.parse(JSON.stringify(call)))).toEqual(call);
      expect(SETTINGS[setting].actions).toContain(call.action);
      expect(invertSettingCall(call)).toMatchObject({ from: ends.to, to: ends.from });
      expect(invertSettingCall(invertSettingCall(call))).toEqual(call);
      expect(describeCall(call)).toContain(target);
    }
    expect(pairs.length).toBeGreaterThan(0);
  });

  it('is refused with any other text at either end', () => {
    const [from = null] = contents;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const call = { ...place, setting, target, action: SETTINGS[setting].actions[0], from, to: text };

          expect(contents.includes(text) || !settingCall.safeParse(call).success).toBe(true);
        },
      ),
    );
  });
});

describe('the schema of calls that set something', () => {
  const call = toSettingCall({ ...bucket, from: null, to: closed });

  it.each([
    ['another target', { target: 'reports; and more' }],
    ['a target of another kind', { target: '../reports' }],
    ['an unknown setting', { setting: 'constructor' }],
    ['the action of another setting', { action: 'lambda:PutFunctionConcurrency' }],
    ['the action of the way back', { action: 's3:DeletePublicAccessBlock' }],
    ['no change', { from: closed }],
    ['white space in a content', { to: ` ${closed}` }],
    ['more than a content', { to: closed?.replace('{', '{"also":1,') }],
    ['another account', { account: '12345' }],
    ['a field more', { also: 1 }],
  ])('refuses %s', (_name, change) => {
    expect(settingCall.safeParse(call).success).toBe(true);
    expect(settingCall.safeParse({ ...call, ...change }).success).toBe(false);
  });

  it('says how far public access is blocked', () => {
    expect(describeCall(call)).toBe('block all public access to bucket reports');
    expect(describeCall(toSettingCall({ ...bucket, from: closed, to: half }))).toContain('1 of its 4 switches');
    expect(describeCall(invertSettingCall(call))).toContain('take the block of public access');
  });
});
