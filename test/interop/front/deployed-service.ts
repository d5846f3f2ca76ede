import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchDeleteImageCommand, CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { EventBridgeClient, PutEventsCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { type AwsSecurityFinding, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { pollOnce, startFunction } from '../harness/lambda.ts';
import { ACCOUNT, clientSettings } from '../harness/moto.ts';
import { waitUntil } from '../harness/processes.ts';
import { type Registry, type StoredManifest, startRegistry } from '../harness/registry.ts';
import type { SignedImage, Signing } from '../harness/signing.ts';
import { REGION, synthesize } from '../harness/synthesis.ts';
import type { Workbench } from '../harness/workbench.ts';
import { startEcrFront } from './ecr-front.ts';

/** Seconds of grace: short, so that a test can wait for its end. */
const GRACE = 3;
const NAMES = ['image-reaction', 'recorder', 'sweep'] as const;

export interface Verdict {
  readonly state: string;
  readonly policy: string | null;
}

/** The stack deployed into moto, its bundles running, and a registry in which images are really signed. */
export interface DeployedService {
  readonly registry: Registry;
  readonly answered: ReadonlyMap<string, number>;
  /** What a push to ECR does: the manifest is there, and EventBridge hears of it unless `silent`. Attachments are those pushed since the last time. */
  mirror(image: SignedImage, options?: { readonly silent?: boolean; readonly times?: number }): Promise<void>;
  delete(image: SignedImage): Promise<void>;
  emit(detailType: string, detail: object): Promise<void>;
  /** Lets messages travel until the image has this verdict. */
  untilVerdict(image: SignedImage, state: string): Promise<Verdict>;
  /** Lets messages travel until the finding about the image is as wanted. */
  untilFinding(image: SignedImage, wanted: (finding: AwsSecurityFinding) => boolean): Promise<AwsSecurityFinding>;
  /** Lets messages travel until none has come for a second. */
  settle(): Promise<void>;
  findingsAbout(image: SignedImage): Promise<readonly AwsSecurityFinding[]>;
  verdictOf(image: SignedImage): Promise<Verdict | undefined>;
  rejected(): Promise<readonly Message[]>;
  sweep(): Promise<unknown>;
  close(): void;
}

export async function deployService(bench: Workbench, signing: Signing): Promise<DeployedService> {
  const { processes } = bench;
  const synthesized = await synthesize(
    processes,
    join(bench.folder, 'cdk.out-signing'),
    writeConfiguration(bench, signing),
  );
  const moto = await bench.moto();
  await moto.reset();
  await moto.deploy(synthesized);
  await moto.disconnectQueues();
  const registry = await startRegistry(processes, await bench.goTools(), true);
  const front = await startEcrFront(moto.endpoint, registry);

  const variables = await Promise.all(
    NAMES.map(async (name) => atFront(await moto.functionEnvironment(`countersign-${name}`), front.endpoint)),
  );
  const [reaction, recorder, sweep] = await Promise.all(
    NAMES.map((name, index) => startFunction(processes, synthesized, name, front.endpoint, variables[index] ?? {})),
  );
  const { VERDICT_TABLE, IMAGE_QUEUE_URL, FINDINGS_QUEUE_URL, REJECTED_QUEUE_URL } = addresses.parse(variables[0]);
  const settings = clientSettings(front.endpoint);
  const [ecr, sqs, events] = [new ECRClient(settings), new SQSClient(settings), new EventBridgeClient(settings)];
  const securityHub = new SecurityHubClient(settings);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(settings));

  // moto takes a schedule for a rule that matches every event.
  await events.send(new RemoveTargetsCommand({ Rule: 'countersign-sweep', Ids: ['Target0'] }));

  const repositories = new Set<string>();
  const mirrored = new Set<string>();

  async function emit(DetailType: string, detail: object): Promise<void> {
    const entry = { Source: 'aws.ecr', DetailType, Detail: JSON.stringify(detail) };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
  }

  async function put(repositoryName: string, stored: StoredManifest, tag: string | undefined): Promise<void> {
    await ecr.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: stored.text,
        imageManifestMediaType: stored.manifest.mediaType,
        // moto would invent one.
        imageDigest: stored.digest,
        ...(tag !== undefined && { imageTag: tag }),
      }),
    );
  }

  async function mirror({ repository, digest }: SignedImage, { silent = false, times = 1 } = {}): Promise<void> {
    if (!repositories.has(repository)) await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
    repositories.add(repository);
    const tags = await registry.tags(repository);
    const referrers = await registry.referrers(repository, digest);
    const references = [...tags, ...referrers.map((one) => one.digest)];
    for (const reference of references) {
      const stored = await registry.readManifest(repository, reference);
      const tag = tags.includes(reference) ? reference : undefined;
      const known = `${repository}:${reference}@${stored.digest}`;
      if (mirrored.has(known)) continue;
      mirrored.add(known);
      await put(repository, stored, tag);
      if (silent) continue;
      const detail = {
        result: 'SUCCESS',
        'repository-name': repository,
        'image-digest': stored.digest,
        'action-type': 'PUSH',
        ...(tag !== undefined && { 'image-tag': tag }),
        'manifest-media-type': stored.manifest.mediaType,
      };
      const detailType = stored.manifest.subject === undefined ? 'ECR Image Action' : 'ECR Referrer Action';
      for (let time = 0; time < times; time += 1) await emit(detailType, detail);
    }
  }

  /** One round of both pollers; how many messages it moved. */
  async function travel(): Promise<number> {
    const images = await pollOnce(sqs, IMAGE_QUEUE_URL, existing(reaction), addAccount);
    return images + (await pollOnce(sqs, FINDINGS_QUEUE_URL, existing(recorder)));
  }

  async function findingsAbout({ repository, digest }: SignedImage): Promise<readonly AwsSecurityFinding[]> {
    const found: AwsSecurityFinding[] = [];
    let NextToken: string | undefined;
    do {
      const page = await securityHub.send(new GetFindingsCommand({ MaxResults: 100, NextToken }));
      found.push(...(page.Findings ?? []));
      ({ NextToken } = page);
    } while (NextToken);
    return found.filter(({ Id }) => Id === `countersign/image/${ACCOUNT}/${REGION}/${repository}@${digest}`);
  }

  async function verdictOf({ repository, digest }: SignedImage): Promise<Verdict | undefined> {
    const Key = { image: `${ACCOUNT}/${REGION}/${repository}@${digest}` };
    const { Item } = await dynamodb.send(new GetCommand({ TableName: VERDICT_TABLE, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : verdict.parse(Item);
  }

  return {
    registry,
    answered: front.answered,
    mirror,
    emit,
    findingsAbout,
    verdictOf,
    delete: async ({ repository, digest }) => {
      await ecr.send(new BatchDeleteImageCommand({ repositoryName: repository, imageIds: [{ imageDigest: digest }] }));
      const detail = {
        result: 'SUCCESS',
        'repository-name': repository,
        'image-digest': digest,
        'action-type': 'DELETE',
      };
      await emit('ECR Image Action', detail);
    },
    untilVerdict: async (image, state) => {
      let seen: Verdict | undefined;
      await waitUntil(
        `${state} for ${image.repository}`,
        async () => {
          await travel();
          seen = await verdictOf(image);
          return seen?.state === state;
        },
        20_000,
      );
      return verdict.parse(seen);
    },
    untilFinding: async (image, wanted) => {
      let seen: AwsSecurityFinding | undefined;
      await waitUntil(
        `the finding about ${image.repository}`,
        async () => {
          await travel();
          [seen] = await findingsAbout(image);
          return seen !== undefined && wanted(seen);
        },
        20_000,
      );
      return existing(seen);
    },
    settle: async () => {
      for (let quiet = 0; quiet < 5; quiet = (await travel()) === 0 ? quiet + 1 : 0) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    rejected: async () => {
      const query = { QueueUrl: REJECTED_QUEUE_URL, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      return (await sqs.send(new ReceiveMessageCommand(query))).Messages ?? [];
    },
    sweep: () => existing(sweep).invoke({ 'detail-type': 'Scheduled Event', source: 'aws.events' }),
    close: () => front.close(),
  };
}

const addresses = z.object({
  VERDICT_TABLE: z.string(),
  IMAGE_QUEUE_URL: z.string(),
  FINDINGS_QUEUE_URL: z.string(),
  REJECTED_QUEUE_URL: z.string(),
});

const verdict = z.object({ state: z.string(), policy: z.string().nullable() });

function existing<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}

/** moto's own address stands in the URLs of its queues, and the SDK would go there past the front. */
function atFront(variables: Readonly<Record<string, string>>, endpoint: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      name.endsWith('_QUEUE_URL') ? new URL(new URL(value).pathname, endpoint).href : value,
    ]),
  );
}

/** moto delivers events without their account. */
function addAccount(body: string): string {
  const event = z.looseObject({ source: z.string() }).parse(JSON.parse(body));
  return JSON.stringify({ account: ACCOUNT, ...event });
}

/** A configuration that trusts the keys and the Sigstore of this run. */
function writeConfiguration({ folder }: Workbench, { key, sigstore }: Signing): string {
  const home = join(folder, 'configuration');
  mkdirSync(home, { recursive: true });
  const policy = {
    version: 1,
    roots: { private: { file: sigstore.trustedRoot } },
    signers: {
      'release-key': { key: { file: key.publicKey }, transparencyLog: 'not-required' },
      'release-workflow': { keyless: { root: 'private', issuer: sigstore.issuer, identity: sigstore.identity } },
    },
    images: [
      { name: 'keyed', repositories: ['keyed/**'], require: { signedBy: 'release-key' } },
      { name: 'keyless', repositories: ['keyless/**'], require: { signedBy: 'release-workflow' } },
    ],
    otherRepositories: 'ignore',
  };
  const config = {
    version: 1,
    images: { mode: 'observe', grace: `${GRACE}s`, trustPolicy: 'trust-policy.yaml' },
    alarms: { email: 'oncall@example.test' },
    logs: { retentionDays: 30 },
  };
  // JSON is YAML.
  writeFileSync(join(home, 'trust-policy.yaml'), JSON.stringify(policy, undefined, 2));
  writeFileSync(join(home, 'countersign.config.yaml'), JSON.stringify(config, undefined, 2));
  return join(home, 'countersign.config.yaml');
}
