/** An ARN of AWS Signer taken apart. Partition and region come from closed shapes, so a host name made of them is one of AWS. */
export interface SignerArn {
  readonly text: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly resource:
    | { readonly kind: 'profile'; readonly name: string; readonly version: string | undefined }
    | { readonly kind: 'job'; readonly id: string }
    | { readonly kind: 'alias'; readonly name: string };
}

/** Region prefixes of the partitions that are not `aws` (AWS general reference, partitions). */
const PARTITIONS: ReadonlyMap<string, RegExp> = new Map([
  ['aws-cn', /^cn-[a-z]{4,10}-\d{1,2}$/],
  ['aws-us-gov', /^us-gov-[a-z]{4,10}-\d{1,2}$/],
  ['aws-iso', /^us-iso-[a-z]{4,10}-\d{1,2}$/],
  ['aws-iso-b', /^us-isob-[a-z]{4,10}-\d{1,2}$/],
  ['aws-iso-e', /^eu-isoe-[a-z]{4,10}-\d{1,2}$/],
  ['aws-iso-f', /^us-isof-[a-z]{4,10}-\d{1,2}$/],
  ['aws-eusc', /^eusc-[a-z]{2}-[a-z]{4,10}-\d{1,2}$/],
  ['aws', /^(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:central|(?:north|south)(?:east|west)?|east|west)-\d{1,2}$/],
]);

const ARN = /^arn:(aws(?:-[a-z]{1,4}){0,2}):signer:([a-z0-9-]{5,30}):(\d{12}):(\/[\w/-]{3,200})$/;
const PROFILE = /^\/signing-profiles\/([a-zA-Z0-9_]{2,64})(?:\/([a-zA-Z0-9]{10}))?$/;
const JOB = /^\/signing-jobs\/([a-zA-Z0-9-]{1,64})$/;
const ALIAS = /^\/aliases\/([a-zA-Z0-9_-]{2,64})$/;

/** Parses an ARN of AWS Signer; undefined for anything else, a region outside the partition included. */
export function parseSignerArn(text: string): SignerArn | undefined {
  const match = text.length > 300 ? null : ARN.exec(text);
  const [, partition = '', region = '', account = '', path = ''] = match ?? [];
  const resource = readResource(path);
  if (resource === undefined || PARTITIONS.get(partition)?.test(region) !== true) return undefined;
  return { text, partition, region, account, resource };
}

function readResource(path: string): SignerArn['resource'] | undefined {
  const [, profile, version] = PROFILE.exec(path) ?? [];
  if (profile !== undefined) return { kind: 'profile', name: profile, version };
  const [, job] = JOB.exec(path) ?? [];
  if (job !== undefined) return { kind: 'job', id: job };
  const [, alias] = ALIAS.exec(path) ?? [];
  return alias === undefined ? undefined : { kind: 'alias', name: alias };
}
