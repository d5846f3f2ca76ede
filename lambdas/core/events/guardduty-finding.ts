import * as z from 'zod';
import { accountId, regionName } from '../aws-names.ts';
import { messageOf, type Reason } from '../errors.ts';
import type { Subject, Threat } from '../threats/threat.ts';
import { envelope } from './envelope.ts';

/** Largest message body of SQS (1 MiB); EventBridge events are at most 256 KiB of it. */
const LARGEST = 1024 * 1024;
/** A finding names a handful; what names more is cut and nothing is done by halves for it. */
const MOST_NAMES = 20;

const text = (limit: number) => z.string().max(limit);
const named = (limit: number) => z.string().min(1).max(limit);
const time = z.iso.datetime({ offset: true });
const images = z.array(z.object({ image: text(1024).nullish() })).max(1000);

/** Strict in what is used, deaf to the rest (GuardDuty API Reference, Finding, in lower camel case as EventBridge carries it). */
const finding = z.object({
  schemaVersion: z.literal('2.0'),
  accountId,
  region: regionName,
  id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
  arn: z.string().regex(/^arn:[a-z-]+:guardduty:[a-z0-9-]+:\d{12}:detector\/[\w-]{1,64}\/finding\/[\w-]{1,64}$/),
  type: named(300),
  severity: z.number().min(0).max(10),
  confidence: z.number().min(0).max(100).nullish(),
  title: text(2048).nullish(),
  createdAt: time,
  updatedAt: time,
  service: z.object({
    count: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    archived: z.boolean(),
    additionalInfo: z.unknown(),
  }),
  resource: z.looseObject({ resourceType: named(100) }),
});

const credential = z.object({
  accessKeyDetails: z.object({
    accessKeyId: text(128),
    principalId: text(300),
    userType: named(64),
    userName: text(300),
  }),
});
const instance = z.object({
  instanceDetails: z.object({
    instanceId: named(64),
    iamInstanceProfile: z.object({ arn: text(2048).nullish() }).nullish(),
  }),
});
const buckets = z.object({
  s3BucketDetails: z
    .array(z.object({ name: named(255) }))
    .min(1)
    .max(1000),
});
const container = z.object({
  containerDetails: z.object({ image: text(1024).nullish() }).nullish(),
  ecsClusterDetails: z
    .object({ arn: text(2048).nullish(), taskDetails: z.object({ containers: images.nullish() }).nullish() })
    .nullish(),
  eksClusterDetails: z.object({ arn: text(2048).nullish() }).nullish(),
  kubernetesDetails: z
    .object({ kubernetesWorkloadDetails: z.object({ containers: images.nullish() }).nullish() })
    .nullish(),
});
const lambdaFunction = z.object({ lambdaDetails: z.object({ functionArn: named(2048) }) });
const database = z.object({
  rdsDbInstanceDetails: z.object({ dbInstanceIdentifier: named(255) }).nullish(),
  rdsLimitlessDbDetails: z.object({ dbShardGroupIdentifier: named(255) }).nullish(),
});

/**
 * - `threat`: a finding, and which account got it: the one that it is about or an administrator.
 * - `rejected`: not a finding in an event; it belongs to the dead letters with its reason.
 */
export type ParsedThreatEvent =
  | { readonly outcome: 'threat'; readonly threat: Threat; readonly eventId: string }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** Turns the body of a message on the queue of GuardDuty into a typed threat, or says why not. Never throws. */
export function parseGuardDutyEvent(body: string): ParsedThreatEvent {
  if (Buffer.byteLength(body) > LARGEST) return rejected('too-large', 'the message is larger than 1 MiB');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return rejected('not-json', `the message is not JSON: ${messageOf(thrown).slice(0, 100)}`);
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return rejected('malformed-event', `envelope: ${describe(parsed.error)}`);
  const event = parsed.data;
  const type = event['detail-type'];
  // Nobody but AWS can put an event whose source begins with `aws.` (EventBridge API Reference, PutEvents).
  if (event.source !== 'aws.guardduty' || type !== 'GuardDuty Finding') {
    return rejected('unknown-event', `no reaction to ${type.slice(0, 100)} from ${event.source.slice(0, 100)}`);
  }
  const read = parseThreat(event.detail);
  if ('code' in read) return { outcome: 'rejected', reason: read };
  if (read.region !== event.region) {
    return rejected('malformed-event', `${type}: the finding is of another region than its event`);
  }
  return { outcome: 'threat', threat: read, eventId: event.id };
}

/** A finding as GuardDuty gives it, or why it is none. Never throws. */
export function parseThreat(detail: unknown): Threat | Reason {
  const parsed = finding.safeParse(detail);
  if (!parsed.success) return { code: 'malformed-finding', message: `GuardDuty finding: ${describe(parsed.error)}` };
  const { data } = parsed;
  if (data.arn.split('/').at(-1) !== data.id) {
    return { code: 'malformed-finding', message: 'GuardDuty finding: the ARN is of another finding' };
  }
  const subject = readSubject(data.resource.resourceType, data.resource);
  if ('code' in subject) return subject;
  return {
    id: data.id,
    arn: data.arn,
    account: data.accountId,
    region: data.region,
    type: data.type,
    severity: data.severity,
    confidence: data.confidence ?? undefined,
    title: data.title ?? '',
    count: data.service.count,
    createdAt: Date.parse(data.createdAt),
    updatedAt: Date.parse(data.updatedAt),
    isArchived: data.service.archived,
    isSample: isSample(data),
    subject,
  };
}

/** A sample carries a mark, and its title says so (GuardDuty User Guide, "Sample findings"). Either is enough: less is done for it. */
function isSample({ service, title }: z.infer<typeof finding>): boolean {
  const marked = z.object({ sample: z.literal(true) }).safeParse(service.additionalInfo).success;
  return marked || (title ?? '').startsWith('[SAMPLE]');
}

function readSubject(resourceType: string, resource: unknown): Subject | Reason {
  switch (resourceType) {
    case 'AccessKey': {
      const read = credential.safeParse(resource);
      if (!read.success) return malformed(resourceType, read.error);
      const { accessKeyId, principalId, userType, userName } = read.data.accessKeyDetails;
      return { kind: 'credential', userType, userName, principalId, keyId: accessKeyId };
    }
    case 'Instance': {
      const read = instance.safeParse(resource);
      if (!read.success) return malformed(resourceType, read.error);
      const { instanceId, iamInstanceProfile } = read.data.instanceDetails;
      return { kind: 'instance', instanceId, profileArn: iamInstanceProfile?.arn ?? undefined };
    }
    case 'S3Bucket':
    case 'S3Object': {
      const read = buckets.safeParse(resource);
      if (!read.success) return malformed(resourceType, read.error);
      return { kind: 'buckets', names: takeSome(read.data.s3BucketDetails.map(({ name }) => name)) };
    }
    case 'Container':
    case 'ECSCluster':
    case 'EKSCluster':
    case 'KubernetesCluster': {
      const read = container.safeParse(resource);
      return read.success ? readContainer(read.data) : malformed(resourceType, read.error);
    }
    case 'Lambda': {
      const read = lambdaFunction.safeParse(resource);
      if (!read.success) return malformed(resourceType, read.error);
      return { kind: 'function', arn: read.data.lambdaDetails.functionArn };
    }
    case 'RDSDBInstance':
    case 'RDSLimitlessDB': {
      const read = database.safeParse(resource);
      if (!read.success) return malformed(resourceType, read.error);
      const { rdsDbInstanceDetails: one, rdsLimitlessDbDetails: group } = read.data;
      const id = one?.dbInstanceIdentifier ?? group?.dbShardGroupIdentifier;
      return id === undefined ? { kind: 'other', resourceType } : { kind: 'database', id };
    }
    default:
      return { kind: 'other', resourceType };
  }
}

function readContainer(resource: z.infer<typeof container>): Subject {
  const { containerDetails, ecsClusterDetails: ecs, eksClusterDetails: eks, kubernetesDetails: kubernetes } = resource;
  const all = [
    containerDetails ?? {},
    ...(ecs?.taskDetails?.containers ?? []),
    ...(kubernetes?.kubernetesWorkloadDetails?.containers ?? []),
  ];
  const found = all.flatMap(({ image }) => (image ? [image] : []));
  return { kind: 'container', images: takeSome(found), cluster: ecs?.arn ?? eks?.arn ?? undefined };
}

function takeSome(names: readonly string[]): readonly string[] {
  return [...new Set(names)].slice(0, MOST_NAMES);
}

function malformed(resourceType: string, error: z.ZodError): Reason {
  return { code: 'malformed-finding', message: `GuardDuty finding about ${resourceType}: ${describe(error)}` };
}

function rejected(code: string, message: string): { readonly outcome: 'rejected'; readonly reason: Reason } {
  return { outcome: 'rejected', reason: { code, message } };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.').slice(0, 100) || 'its form'}: ${issue?.message.slice(0, 200)}`;
}
