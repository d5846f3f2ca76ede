import { z } from 'zod';
import { parseIamEvent } from '../../lambdas/core/events/iam-change.ts';
import { parseJson } from './json.ts';

const ecrDetail = z.object({
  detail: z.object({
    'repository-name': z.string(),
    'image-digest': z.string(),
    'image-tag': z.string().optional(),
  }),
});
const ecrInput = z.object({
  repositoryName: z.string(),
  imageDigest: z.string().optional(),
  imageTag: z.string().optional(),
  imageIds: z.array(z.object({ imageDigest: z.string().optional(), imageTag: z.string().optional() })).optional(),
  subjectId: z.object({ imageDigest: z.string() }).optional(),
  imageManifest: z.string().optional(),
});
const withSubject = z.object({ subject: z.object({ digest: z.string() }) });
const iamEvent = z.looseObject({ source: z.literal('aws.iam') });
const guardDutyEvent = z.object({
  source: z.literal('aws.guardduty'),
  detail: z.object({
    resource: z.object({ accessKeyDetails: z.object({ userType: z.literal('IAMUser'), userName: z.string() }) }),
  }),
});
const iamInput = z.object({
  RoleName: z.string().optional(),
  UserName: z.string().optional(),
  GroupName: z.string().optional(),
});
const IAM_ARN = /arn:aws:iam::\d{12}:(?:role|user|group|policy)\/[\w+=,.@/-]{1,600}/;
const PLAN_ID = /plan-[0-9a-f]{32}/;
const AT_DIGEST = '@sha256:';
const REPOSITORY_END = /[a-z0-9][a-z0-9._/-]*$/;
const DIGEST_START = /^@(sha256:[0-9a-f]{64})/;
/** A finding id or table key in front of a digest is shorter than this. */
const LONGEST_NAME = 400;
const SIGNATURE_TAG = /^sha256-([0-9a-f]{64})(?:\.[a-z]+)?$/;

/**
 * Finds what a thing is about, for the timeline: an image as `repository@digest`, else a principal or policy by its ARN. A signature counts as a step of the image it is about: by its tag
 * (`sha256-<hex>.sig`), and by its `subject` once it was pushed.
 */
export class Traces {
  private readonly account: string;
  private readonly subjects = new Map<string, string>();
  private readonly plans = new Map<string, string>();

  constructor(account: string) {
    this.account = account;
  }

  /** Notes what a plan is about: messages to the executor name the plan alone. */
  plan(id: string, trace: string): void {
    this.plans.set(id, trace);
  }

  /** Notes that the manifest `digest` refers to `subject`, so that its steps are shown with those of its subject. */
  refer(repository: string, digest: string, subject: string): void {
    this.subjects.set(`${repository}@${digest}`, `${repository}@${subject}`);
  }

  /** The subject where one is known, else the image itself. */
  of(repository: string, digest: string): string {
    const own = `${repository}@${digest}`;
    return this.subjects.get(own) ?? own;
  }

  /** The trace of an event or of a message body, parsed or as text; undefined where none can be told. */
  ofMessage(message: unknown): string | undefined {
    const value = typeof message === 'string' ? parseJson(message) : message;
    const event = ecrDetail.safeParse(value);
    if (event.success) return this.ofEcrEvent(event.data.detail);
    if (iamEvent.safeParse(value).success) return ofIamEvent(value);
    const threat = guardDutyEvent.safeParse(value);
    if (threat.success) return this.ofName('user', threat.data.detail.resource.accessKeyDetails.userName);
    return this.ofText(typeof message === 'string' ? message : (JSON.stringify(message) ?? ''));
  }

  private ofEcrEvent(detail: z.infer<typeof ecrDetail>['detail']): string {
    const hex = SIGNATURE_TAG.exec(detail['image-tag'] ?? '')?.[1];
    return hex === undefined
      ? this.of(detail['repository-name'], detail['image-digest'])
      : `${detail['repository-name']}@sha256:${hex}`;
  }

  /** The trace of the input of an API call. */
  ofInput(input: object): string | undefined {
    const call = ecrInput.safeParse(input);
    if (call.success) return this.ofEcrCall(call.data);
    const { RoleName, UserName, GroupName } = iamInput.safeParse(input).data ?? {};
    if (RoleName !== undefined) return this.ofName('role', RoleName);
    if (UserName !== undefined) return this.ofName('user', UserName);
    if (GroupName !== undefined) return this.ofName('group', GroupName);
    return this.ofText(JSON.stringify(input) ?? '');
  }

  private ofEcrCall(call: z.infer<typeof ecrInput>): string | undefined {
    const first = call.imageIds?.[0];
    const digest = call.imageDigest ?? call.subjectId?.imageDigest ?? first?.imageDigest;
    const hex = SIGNATURE_TAG.exec(call.imageTag ?? first?.imageTag ?? '')?.[1];
    if (hex !== undefined) return `${call.repositoryName}@sha256:${hex}`;
    const manifest = withSubject.safeParse(parseJson(call.imageManifest ?? ''));
    if (manifest.success) return this.of(call.repositoryName, manifest.data.subject.digest);
    return digest === undefined ? undefined : this.of(call.repositoryName, digest);
  }

  private ofName(type: string, name: string): string {
    return `arn:aws:iam::${this.account}:${type}/${name}`;
  }

  private ofText(text: string): string | undefined {
    return this.ofImageText(text) ?? IAM_ARN.exec(text)?.[0] ?? this.plans.get(PLAN_ID.exec(text)?.[0] ?? '');
  }

  private ofImageText(text: string): string | undefined {
    // From the digest backwards: the texts are of any size, and what is in them is anybody's.
    const at = text.indexOf(AT_DIGEST);
    if (at < 0) return undefined;
    const name = REPOSITORY_END.exec(text.slice(Math.max(0, at - LONGEST_NAME), at))?.[0];
    const digest = DIGEST_START.exec(text.slice(at, at + 72))?.[1];
    if (name === undefined || digest === undefined) return undefined;
    // Table keys and finding ids put account and region in front of the repository.
    const repository = name.replace(/^(?:.*\/)?\d{12}\/[a-z]{2}(?:-[a-z]+)+-\d\/|^\d{12}\.dkr\.ecr\.[^/]+\//, '');
    return this.of(repository, digest);
  }
}

function ofIamEvent(event: unknown): string | undefined {
  const parsed = parseIamEvent(JSON.stringify(event));
  return 'change' in parsed ? parsed.change.resources[0] : undefined;
}
