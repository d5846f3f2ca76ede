import { describe, expect, it } from 'vitest';
import { parseCredentialReport } from '../../../../lambdas/core/iam/checks/credential-report.ts';
import { checkCredentials } from '../../../../lambdas/core/iam/checks/credentials.ts';

const HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
const DAY = 86_400_000;
const NOW = Date.parse('2026-11-01T00:00:00Z');
const LIMITS = { oldestKey: 90 * DAY, longestUnused: 45 * DAY };
const ago = (days: number) => new Date(NOW - days * DAY).toISOString();

function line(changes: Readonly<Record<string, string>> = {}): string {
  const cells: Readonly<Record<string, string>> = {
    user: 'ann',
    arn: 'arn:aws:iam::111122223333:user/ann',
    user_creation_time: ago(400),
    password_enabled: 'false',
    password_last_used: 'N/A',
    password_last_changed: 'N/A',
    mfa_active: 'false',
    access_key_1_active: 'false',
    access_key_2_active: 'false',
    ...changes,
  };
  return HEADER.split(',')
    .map((name) => cells[name] ?? 'N/A')
    .join(',');
}

const check = (changes: Readonly<Record<string, string>> = {}) => {
  const [user] = parseCredentialReport(`${HEADER}\n${line(changes)}\n`);
  const results = user === undefined ? [] : checkCredentials(user, NOW, LIMITS);
  return results.filter(({ outcome }) => outcome === 'failed').map(({ check, severity }) => `${check} ${severity}`);
};

describe('credentials', () => {
  it.each([
    ['a user without any', {}, []],
    ['a password without MFA', { password_enabled: 'true', password_last_used: ago(1) }, ['console-mfa HIGH']],
    ['a password with MFA', { password_enabled: 'true', password_last_used: ago(1), mfa_active: 'true' }, []],
    [
      'a password that was never used',
      { password_enabled: 'true', password_last_used: 'no_information', mfa_active: 'true' },
      ['unused-credentials MEDIUM'],
    ],
    [
      'a key in time',
      { access_key_1_active: 'true', access_key_1_last_rotated: ago(90), access_key_1_last_used_date: ago(45) },
      [],
    ],
    [
      'an old key',
      { access_key_2_active: 'true', access_key_2_last_rotated: ago(91), access_key_2_last_used_date: ago(1) },
      ['access-key-age MEDIUM'],
    ],
    [
      'a key of unknown age',
      { access_key_1_active: 'true', access_key_1_last_used_date: ago(1) },
      ['access-key-age MEDIUM'],
    ],
    ['a new key that was not used yet', { access_key_1_active: 'true', access_key_1_last_rotated: ago(2) }, []],
    [
      'a key that is not used',
      { access_key_1_active: 'true', access_key_1_last_rotated: ago(46) },
      ['unused-credentials MEDIUM'],
    ],
    ['an old key that is switched off', { access_key_1_active: 'false', access_key_1_last_rotated: ago(900) }, []],
    ['root with MFA', { user: '<root_account>', password_enabled: 'not_supported', mfa_active: 'true' }, []],
    ['root without MFA', { user: '<root_account>', password_enabled: 'not_supported' }, ['root-credentials CRITICAL']],
    [
      'root with a key',
      { user: '<root_account>', mfa_active: 'true', access_key_1_active: 'true', access_key_1_last_rotated: ago(1) },
      ['root-credentials CRITICAL'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(check(changes)).toEqual(expected);
  });
});

describe('parseCredentialReport', () => {
  it('reads names and paths with commas', () => {
    const user = 'smith, ann';
    const [parsed] = parseCredentialReport(
      `${HEADER}\r\n${line({ user, arn: `arn:aws:iam::111122223333:user/a,b/${user}`, mfa_active: 'true' })}\r\n`,
    );

    expect(parsed).toMatchObject({ arn: `arn:aws:iam::111122223333:user/a,b/${user}`, hasMfa: true });
  });

  it.each([
    ['a line that is cut short', `${HEADER}\nann,arn:aws:iam::111122223333:user/ann`],
    ['a time that is none', `${HEADER}\n${line({ password_last_used: 'yesterday' })}`],
    ['a flag that is none', `${HEADER}\n${line({ mfa_active: 'maybe' })}`],
    ['another header', `name,arn\n${line()}`],
  ])('refuses %s and names the line', (_, csv) => {
    expect(() => parseCredentialReport(csv)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining('line 2') }),
    );
  });
});
