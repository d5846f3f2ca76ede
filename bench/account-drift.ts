import { captureAccount } from '../lambdas/core/iam/baseline/capture.ts';
import { compareStates } from '../lambdas/core/iam/baseline/compare-states.ts';
import { findAccountPaths } from '../lambdas/core/iam/paths/find-account-paths.ts';
import { measureInTurns } from './measure.ts';
import type { Section } from './section.ts';
import { letDrift, makeAccount } from './synthetic-account.ts';

const SIZES = [2500, 5000, 10_000] as const;
const GOAL = 2000;

/** A whole account compared with its signed state, and who in it can come by administrator rights: processor time of one core, as an account grows. */
export function measureAccountDrift(): Section {
  const measured = SIZES.map((size) => {
    const signed = captureAccount(makeAccount(size)).states;
    const live = letDrift(makeAccount(size));
    let drifted = 0;
    let leading = 0;
    const compare = () => {
      const found = new Map(captureAccount(live).states.map((state) => [state.arn, state]));
      drifted = signed.filter((state) => compareStates(state, found.get(state.arn)).length > 0).length;
    };
    const follow = () => {
      leading = findAccountPaths(live).principals.filter(({ administrator }) => administrator === 'by-path').length;
    };
    const times = measureInTurns({ compare, follow }, { rounds: 3, batch: 1 });
    const megabytes = process.resourceUsage().maxRSS / 1024;
    return { size, ...times, total: times.compare + times.follow, megabytes, drifted, leading };
  });
  const perPrincipal = (one: { readonly total: number; readonly size: number } | undefined) =>
    one === undefined ? Number.NaN : one.total / one.size;
  return {
    title: 'A made account compared with its baseline, and its ways to administrator rights (milliseconds of one core)',
    columns: [
      'principals',
      'comparison',
      'paths',
      'together',
      'per principal over the smallest',
      'drifted',
      'lead to administrator',
      'most memory of the process so far, MB',
    ],
    rows: measured.map((one) => {
      const growth = perPrincipal(one) / perPrincipal(measured[0]);
      const isLargest = one.size === SIZES.at(-1);
      return {
        cells: [
          one.size.toLocaleString('en'),
          one.compare.toFixed(0),
          one.follow.toFixed(0),
          one.total.toFixed(0),
          `${growth.toFixed(2)}x`,
          String(one.drifted),
          String(one.leading),
          one.megabytes.toFixed(0),
        ],
        goal: isLargest ? `< ${GOAL} ms, <= 1.5x` : '<= 1.5x',
        met: growth <= 1.5 && (!isLargest || one.total < GOAL),
      };
    }),
  };
}
