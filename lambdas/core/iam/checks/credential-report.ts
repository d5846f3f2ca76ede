import { z } from 'zod';
import { IamError } from '../errors.ts';

/** What the credential report tells of one user (IAM User Guide, "Understanding the report format"). Times in milliseconds since 1970. */
export interface UserCredentials {
  readonly arn: string;
  readonly isRoot: boolean;
  readonly createdAt: number | undefined;
  /** Root always can; the report says `not_supported` of it. */
  readonly hasPassword: boolean;
  readonly passwordUsedAt: number | undefined;
  readonly passwordChangedAt: number | undefined;
  readonly hasMfa: boolean;
  /** The active ones. */
  readonly accessKeys: readonly AccessKey[];
}

export interface AccessKey {
  readonly slot: 1 | 2;
  readonly rotatedAt: number | undefined;
  readonly usedAt: number | undefined;
}

const flag = z.enum(['true', 'false', 'TRUE', 'FALSE', 'not_supported', 'N/A']);
const time = z.string().transform((text, context) => {
  if (['N/A', 'no_information', 'not_supported', ''].includes(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) context.addIssue(`not a time: ${text.slice(0, 40)}`);
  return at;
});
const row = z.object({
  user: z.string().min(1),
  arn: z.string().startsWith('arn:'),
  user_creation_time: time,
  password_enabled: flag,
  password_last_used: time,
  password_last_changed: time,
  mfa_active: flag,
  access_key_1_active: flag,
  access_key_1_last_rotated: time,
  access_key_1_last_used_date: time,
  access_key_2_active: flag,
  access_key_2_last_rotated: time,
  access_key_2_last_used_date: time,
});

/** An account has at most 5,000 users; a line has some 500 characters. */
const LONGEST = 8_000_000;

/** Reads the report, CSV with a header. Throws IamError `malformed` with the line, `too-large`. */
export function parseCredentialReport(csv: string): readonly UserCredentials[] {
  if (csv.length > LONGEST) throw new IamError('too-large', 'the credential report is larger than 8 MB');
  const [header = '', ...lines] = csv.split(/\r?\n/).filter((line) => line !== '');
  const names = header.split(',');
  return lines.map((line, index) => {
    const parsed = row.safeParse(
      Object.fromEntries(splitLine(line, names.length).map((cell, at) => [names[at], cell])),
    );
    if (parsed.success) return toCredentials(parsed.data);
    const [issue] = parsed.error.issues;
    throw new IamError(
      'malformed',
      `line ${index + 2} of the credential report: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  });
}

/** Names and paths may have commas, and the report does not quote: what is too much belongs to the name and, as often, to the ARN. */
function splitLine(line: string, columns: number): readonly string[] {
  const cells = line.split(',');
  const extra = cells.length - columns;
  if (extra <= 0) return cells;
  const arnAt = cells.findIndex((cell, at) => at > 0 && /^arn:[a-z-]+:iam::/.test(cell));
  if (arnAt < 0) return cells;
  const arnEnd = extra + 2;
  return [cells.slice(0, arnAt).join(','), cells.slice(arnAt, arnEnd).join(','), ...cells.slice(arnEnd)];
}

function toCredentials(data: z.output<typeof row>): UserCredentials {
  const isRoot = data.user === '<root_account>';
  const isTrue = (value: string) => value.toLowerCase() === 'true';
  const keys: readonly (AccessKey & { readonly active: boolean })[] = [
    {
      slot: 1,
      active: isTrue(data.access_key_1_active),
      rotatedAt: data.access_key_1_last_rotated,
      usedAt: data.access_key_1_last_used_date,
    },
    {
      slot: 2,
      active: isTrue(data.access_key_2_active),
      rotatedAt: data.access_key_2_last_rotated,
      usedAt: data.access_key_2_last_used_date,
    },
  ];
  return {
    arn: data.arn,
    isRoot,
    createdAt: data.user_creation_time,
    hasPassword: isRoot || isTrue(data.password_enabled),
    passwordUsedAt: data.password_last_used,
    passwordChangedAt: data.password_last_changed,
    hasMfa: isTrue(data.mfa_active),
    accessKeys: keys.flatMap(({ active, ...key }) => (active ? [key] : [])),
  };
}
