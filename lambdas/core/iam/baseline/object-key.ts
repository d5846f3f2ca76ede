import { parseIamArn } from '../iam-arn.ts';

/** Where the signed statements about one ARN lie in the bucket of baselines: `baselines/<account>/<type>/<path and name>.jsonl`. Undefined for what has no baseline. */
export function baselineKeyOf(arn: string): string | undefined {
  const parsed = parseIamArn(arn);
  if (parsed === undefined || parsed.account === 'aws') return undefined;
  const { account, type, path, name } = parsed;
  return `baselines/${account}/${type}${path}${name}.jsonl`;
}
