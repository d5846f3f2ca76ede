import {
  CredentialReportExpiredException,
  CredentialReportNotPresentException,
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import type { IamStore, StoredUser } from './iam-store.ts';

/** Made in the background, and kept for four hours (IAM User Guide, "Getting credential reports"). */
const TIME_TO_MAKE = 2000;
const KEPT = 4 * 3_600_000;

const COLUMNS = [
  ...['user', 'arn', 'user_creation_time', 'password_enabled', 'password_last_used', 'password_last_changed'],
  ...['password_next_rotation', 'mfa_active'],
  ...[1, 2].flatMap((slot) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (name) => `access_key_${slot}_${name}`,
    ),
  ),
  ...['cert_1_active', 'cert_1_last_rotated', 'cert_2_active', 'cert_2_last_rotated'],
];

/** The report as of when it was asked for. Nothing is ever used here, and the root user has no keys and MFA. */
export function credentialReportOperations(store: IamStore): [string, Operation][] {
  let report: { readonly at: number; readonly csv: string } | undefined;
  const now = () => store.context.clock.now();
  return [
    answers(GenerateCredentialReportCommand, () => {
      if (report !== undefined && now() < report.at + KEPT) {
        return { State: now() < report.at + TIME_TO_MAKE ? ('INPROGRESS' as const) : ('COMPLETE' as const) };
      }
      report = { at: now(), csv: writeReport(store) };
      return { State: 'STARTED' as const };
    }),
    answers(GetCredentialReportCommand, () => {
      if (report === undefined)
        throw refusal(CredentialReportNotPresentException, 'There is no credential report.', 410);
      if (now() >= report.at + KEPT) throw refusal(CredentialReportExpiredException, 'The report has expired.', 410);
      if (now() < report.at + TIME_TO_MAKE) {
        throw refusal(CredentialReportNotReadyException, 'The report is being made.', 404);
      }
      return {
        Content: Buffer.from(report.csv),
        ReportFormat: 'text/csv' as const,
        GeneratedTime: new Date(report.at),
      };
    }),
  ];
}

function writeReport(store: IamStore): string {
  const root = {
    ...{ user: '<root_account>', arn: `arn:aws:iam::${store.context.id}:root`, password_enabled: 'not_supported' },
    ...{ password_last_changed: 'not_supported', password_next_rotation: 'not_supported', mfa_active: 'true' },
    user_creation_time: timeOf(Date.UTC(2020, 0, 1)),
  };
  const users = [...store.holders()].filter((holder) => holder.kind === 'user').map(describeUser(store.context.id));
  const line = (cells: Readonly<Record<string, string>>) =>
    COLUMNS.map((name) => cells[name] ?? (name.endsWith('active') ? 'false' : 'N/A')).join(',');
  return [COLUMNS.join(','), ...[root, ...users].map(line)].join('\n');
}

function describeUser(account: string) {
  return (user: StoredUser): Readonly<Record<string, string>> => ({
    user: user.name,
    arn: `arn:aws:iam::${account}:user${user.path}${user.name}`,
    user_creation_time: timeOf(user.createdAt),
    password_enabled: String(user.login !== undefined),
    password_last_used: user.login === undefined ? 'N/A' : 'no_information',
    password_last_changed: user.login === undefined ? 'N/A' : timeOf(user.login.createdAt),
    mfa_active: String(user.devices.size > 0),
    ...Object.fromEntries(
      [...user.keys.values()].flatMap(({ status, createdAt }, at) => [
        [`access_key_${at + 1}_active`, String(status === 'Active')],
        [`access_key_${at + 1}_last_rotated`, timeOf(createdAt)],
      ]),
    ),
  });
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace('.000Z', '+00:00');
}
