import { leavePathOut } from '../iam-arn.ts';

/**
 * What an account has not any more although something is on record about it: ARNs with a baseline, whose paths are not known, and ARNs whose drift is open. Names are
 * unique in an account, so a baseline counts as missing only where nothing has its name; open drift, also where another one has.
 */
export function findMissing(
  there: readonly string[],
  { declared, open }: { readonly declared: readonly string[]; readonly open: readonly string[] },
): readonly string[] {
  const arns = new Set(there);
  const names = new Set(there.map(leavePathOut));
  const lost = declared.filter((arn) => !names.has(leavePathOut(arn)));
  return [...new Set([...lost, ...open.filter((arn) => !arns.has(arn))])];
}
