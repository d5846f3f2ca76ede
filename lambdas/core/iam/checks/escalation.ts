import { describePath } from '../paths/describe-path.ts';
import type { PrincipalPaths } from '../paths/find-account-paths.ts';
import { type CheckResult, concludeCheck } from './check.ts';

/** Ways that are named for one principal. */
const MOST = 20;

/** One check for each principal that is no administrator: whether it leads there for sure. Administrators are not told of: they are no way around anything. */
export function checkEscalation(principals: readonly PrincipalPaths[]): readonly CheckResult[] {
  return principals
    .filter(({ administrator }) => administrator !== 'direct')
    .map(({ arn, paths }) =>
      concludeCheck(
        'escalation-path',
        arn,
        paths
          .filter(({ toAdministrator }) => toAdministrator)
          .slice(0, MOST)
          .map((path) => ({ severity: 'HIGH', because: describePath(path) })),
      ),
    );
}
