import { IamError } from '../errors.ts';
import { parseIamArn } from '../iam-arn.ts';

const FOLDERS: Readonly<Record<string, string>> = { role: 'roles', user: 'users', group: 'groups', policy: 'policies' };

/** Where the readable form of a baseline lies in a folder: `roles/deployer`. Names are unique in an account, so the path of IAM is left out. Throws IamError. */
export function placeBaseline(arn: string): string {
  const parsed = parseIamArn(arn);
  const folder = parsed && FOLDERS[parsed.type];
  if (parsed === undefined || folder === undefined) throw new IamError('malformed', `${arn} has no baseline`);
  // A name may begin with a dot, which hides a file, and be `..`, which is another folder.
  return `${folder}/${parsed.name.replace(/^\./, '%2E')}`;
}

/** The key of the signed statements in the bucket: `baselines/111122223333/roles/deployer.sigstore.jsonl`. */
export function nameBaseline(arn: string): string {
  return `${nameBaselines(parseIamArn(arn)?.account ?? '')}${placeBaseline(arn)}${SIGNED}`;
}

/** How a file of signed statements ends, and the reviewed file beside it. */
export const SIGNED = '.sigstore.jsonl';
export const READABLE = '.yaml';

const KEY = /^baselines\/(\d{12})\/(roles|users|groups|policies)\/((?:%2E)?[\w+=,.@-]{1,128})\.sigstore\.jsonl$/;

/** What an object of the bucket is the baseline of, as an ARN without its path; undefined for an object that no baseline is named like. */
export function readBaselineName(key: string, partition: string): string | undefined {
  const [, account, folder, place = ''] = KEY.exec(key) ?? [];
  const type = Object.keys(FOLDERS).find((one) => FOLDERS[one] === folder);
  if (type === undefined) return undefined;
  const arn = `arn:${partition}:iam::${account}:${type}/${place.replace(/^%2E/, '.')}`;
  return nameBaseline(arn) === key ? arn : undefined;
}

/** What the keys of all baselines of an account begin with. */
export function nameBaselines(account: string): string {
  return `baselines/${account}/`;
}
