const TYPES = [
  'role',
  'user',
  'group',
  'policy',
  'instance-profile',
  'mfa',
  'sms-mfa',
  'u2f',
  'oidc-provider',
  'saml-provider',
  'server-certificate',
] as const;

export type IamResourceType = (typeof TYPES)[number];

/** The ARN of something in IAM, taken apart (IAM User Guide, "IAM identifiers"). */
export interface IamArn {
  readonly partition: string;
  /** 12 digits, or `aws` for a policy of AWS. */
  readonly account: string;
  readonly type: IamResourceType;
  /** Begins and ends with `/`. */
  readonly path: string;
  /** Of an OIDC provider whose URL has a path: its last segment. */
  readonly name: string;
}

const FORM =
  /^arn:(aws(?:-[a-z]+){0,3}):iam::(\d{12}|aws(?=:policy\/)):([a-z\d-]{1,32})(\/(?:[!-~]{1,510}\/)?)([^/\s]{1,256})$/;

/** Takes an ARN of IAM apart; undefined for anything else. */
export function parseIamArn(arn: string): IamArn | undefined {
  const [, partition, account, typeText, path, name] = FORM.exec(arn) ?? [];
  const type = TYPES.find((known) => known === typeText);
  if (partition === undefined || account === undefined || path === undefined || name === undefined) return undefined;
  return type && { partition, account, type, path, name };
}

const UNIQUE_NAMES = ['role', 'user', 'group', 'policy', 'instance-profile'];

/** The ARN as if its path were `/`, where names are unique in an account whatever their path is; any other ARN as it is. */
export function leavePathOut(arn: string): string {
  const parsed = parseIamArn(arn);
  if (parsed === undefined || !UNIQUE_NAMES.includes(parsed.type)) return arn;
  return `arn:${parsed.partition}:iam::${parsed.account}:${parsed.type}/${parsed.name}`;
}
