import type { ToldChecksStore } from '../aws/told-checks-store.ts';
import type { CompiledIam } from '../core/config/iam.ts';
import type { AsffFinding } from '../core/findings/asff.ts';
import { describeCheckFinding } from '../core/findings/check-finding.ts';
import type { AccountIam } from '../core/iam/account.ts';
import { CHECK_TITLES, type CheckId, type CheckResult } from '../core/iam/checks/check.ts';
import { checkAccount } from '../core/iam/checks/check-account.ts';
import type { UserCredentials } from '../core/iam/checks/credential-report.ts';
import { checkEscalation } from '../core/iam/checks/escalation.ts';
import { type CheckNews, planCheckNews, type ToldCheck } from '../core/iam/checks/told-checks.ts';
import { findAccountPaths } from '../core/iam/paths/find-account-paths.ts';

export interface ChecksReport {
  readonly account: AccountIam;
  /** Undefined where IAM has no report yet. */
  readonly credentials: readonly UserCredentials[] | undefined;
  readonly settings: CompiledIam['checks'];
  readonly region: string;
  readonly store: ToldChecksStore;
  readonly send: (finding: AsffFinding) => Promise<void>;
  readonly now: number;
}

const OF_CREDENTIALS: readonly CheckId[] = ['root-credentials', 'console-mfa', 'access-key-age', 'unused-credentials'];

/**
 * Makes the checks that the configuration asks for and tells what is new. What was told is noted after it was sent: a crash between the two tells it again, and
 * Security Hub takes the same finding as what it is. Returns the number of findings sent, and whose checks could not be made.
 */
export async function reportChecks(
  report: ChecksReport,
): Promise<{ readonly findings: number; readonly unread: readonly string[] }> {
  const { account, region, store, send, now } = report;
  const { results, isUnknown, unread } = makeChecks(report);
  const news = planCheckNews(await store.list(), { results, isUnknown, now });
  for (const one of news) {
    await send(describeNews(one, { account: account.accountId, region, now }));
    await (one.kind === 'failed' ? store.write(one.told) : store.remove(one.told));
  }
  return { findings: news.length, unread };
}

function makeChecks({ account, credentials, settings, now }: ChecksReport) {
  const { oldestKey, longestUnused, ownAccounts } = settings;
  const checked = checkAccount({
    account: settings.trust ? account : { ...account, roles: [] },
    credentials: (settings.credentials ? credentials : undefined) ?? [],
    ownAccounts,
    limits: { oldestKey: oldestKey * 1000, longestUnused: longestUnused * 1000 },
    now,
  });
  const paths = settings.escalation ? findAccountPaths(account) : undefined;
  const results: readonly CheckResult[] = [
    ...checked.results,
    ...(paths === undefined ? [] : checkEscalation(paths.principals)),
  ];
  // What could not be read may be as bad as it was.
  const unread = new Set([...checked.unread, ...(paths?.unread ?? [])].map(({ resource }) => resource));
  const isUnknown = ({ check, resource }: Pick<ToldCheck, 'check' | 'resource'>) =>
    unread.has(resource) || (credentials === undefined && settings.credentials && OF_CREDENTIALS.includes(check));
  return { results, isUnknown, unread: [...unread] };
}

function describeNews(
  news: CheckNews,
  where: { readonly account: string; readonly region: string; readonly now: number },
): AsffFinding {
  const { check, resource, firstSeenAt } = news.told;
  const found = news.kind === 'failed' ? news.result : { severity: 'INFORMATIONAL' as const, because: [] };
  return describeCheckFinding({
    ...where,
    ...{ resource, check, title: CHECK_TITLES[check], state: news.kind, firstSeenAt },
    ...{ severity: found.severity, because: found.because },
  });
}
