import type { ContainmentStore } from '../aws/containment-store.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import { sendFinding, sendRecheck } from '../aws/queues.ts';
import type { TagStore } from '../aws/tag-store.ts';
import type { VerdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Digest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import { describeImageFinding } from '../core/findings/image-finding.ts';
import type { ImageName } from '../core/image-name.ts';
import type { KnownManifest } from '../core/images/candidates.ts';
import { MOST_CHILDREN } from '../core/images/containment.ts';
import { isFindingOwed, nextVerdict } from '../core/images/lifecycle.ts';
import { type ArtifactSource, LIMITS } from '../core/images/source.ts';
import { findMovedFrom } from '../core/images/tag-history.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';
import { type Observation, verifyImage } from '../core/images/verify-image.ts';
import type { NotationPorts } from '../core/images/verify-notation.ts';
import type { ConcernedImage } from './find-images.ts';
import { followQuarantine, isArchivedByPlan, type QuarantineParts } from './follow-quarantine.ts';
import type { reportTrust } from './report-trust.ts';
import { tellVerdict } from './tell-verdict.ts';

export interface Parts {
  readonly wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>;
  readonly trust: DeployedTrust;
  readonly trustReport: ReturnType<typeof reportTrust>;
  readonly verdicts: VerdictStore;
  readonly containment: ContainmentStore;
  readonly notationPorts: () => NotationPorts;
  readonly tags: TagStore;
  /** Undefined where the configuration has no quarantine. */
  readonly quarantine: QuarantineParts | undefined;
  readonly imageQueueUrl: string;
  readonly findingsQueueUrl: string;
}

/** Delay of the look at what a verified index lists, seconds. */
const SOON = 15;
/** Other writers of one verdict are other events about the same image: a handful, not a crowd. */
const MOST_ROUNDS = 5;

/**
 * Looks at an image and records what follows. The order of the steps makes a crash between any two of them harmless: the message that wakes us again goes
 * out before the verdict that counts on it, and a finding stays owed on the record until it was handed on. Throws where another try is due.
 */
export async function lookAtImage(
  { image, tag, seen }: ConcernedImage,
  seenAt: number,
  source: ArtifactSource,
  parts: Parts,
  telemetry: Telemetry,
): Promise<void> {
  const { wiring, verdicts, trust } = parts;
  const movedFrom = tag === undefined ? undefined : await noteTag(image, tag, seenAt, parts, telemetry);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // Read before looking: whoever looks later and writes first makes our write fail, and we look again.
    const previous = await verdicts.read(image);
    await parts.trustReport(image, previous, telemetry);
    const observation = await observeAnywhere(seen ?? (await observe(image, source, parts)), previous, source, parts);
    if (observation === 'archived') return finish(previous, parts, telemetry);
    const now = wiring.clock();
    const { graceSeconds, policyHash } = trust;
    const at = { now, seenAt, tag, movedFrom, graceSeconds, policyHash, random: wiring.random() };
    const { record, recheckAfter } = nextVerdict(image, previous, observation, at);
    if (recheckAfter !== undefined) {
      await sendRecheck(wiring.clients.sqs, parts.imageQueueUrl, image, recheckAfter, now);
    }
    if (record?.state === 'verified' && observation.kind === 'decided' && observation.children !== undefined) {
      await coverChildren(image, observation.children, now, parts);
    }
    if (record === undefined) {
      tellVerdict(previous, previous, telemetry);
      return finish(previous, parts, telemetry);
    }
    if (await verdicts.write(record, previous)) {
      tellVerdict(record, previous, telemetry);
      return finish(record, parts, telemetry);
    }
  }
  throw new CountersignError('contended', `the verdict of ${image.digest} was written by others ${MOST_ROUNDS} times`);
}

/**
 * What is archived cannot be read, and is not gone: its verdict stands, and its plans go on. Only a signature that came since can be found all the same, by what is
 * known of its manifest.
 */
async function observeAnywhere(
  observation: Observation,
  previous: VerdictRecord | undefined,
  source: ArtifactSource,
  parts: Parts,
): Promise<Observation | 'archived'> {
  if (observation.kind !== 'gone' || previous === undefined) return observation;
  if (!(await isArchivedByPlan(previous, parts.quarantine))) return observation;
  if (previous.manifest === undefined) return 'archived';
  const found = await observe(previous, source, parts, previous.manifest);
  return found.kind === 'decided' && found.decision.verdict === 'verified' ? found : 'archived';
}

/** What follows a verdict that is on record: its plans, and the finding that tells of both. */
async function finish(record: VerdictRecord | undefined, parts: Parts, telemetry: Telemetry): Promise<void> {
  if (record === undefined) return;
  const { quarantine } = parts;
  await publishOwed(quarantine === undefined ? record : await followQuarantine(record, quarantine, telemetry), parts);
}

/** Keeps where the tag pointed, and tells where it pointed elsewhere before. */
async function noteTag(
  image: ImageName,
  tag: string,
  at: number,
  { tags }: Parts,
  telemetry: Telemetry,
): Promise<Digest | undefined> {
  const { digest, repository } = image;
  const history = await tags.note(image, tag, { digest, at });
  const movedFrom = findMovedFrom(history, { digest, at });
  if (movedFrom !== undefined) {
    telemetry.count('TagMoved');
    telemetry.info('tag moved', { repository, tag, digest, from: movedFrom });
  }
  return movedFrom;
}

async function observe(
  image: ImageName,
  source: ArtifactSource,
  { trust, wiring, verdicts, containment, notationPorts }: Parts,
  known?: KnownManifest,
): Promise<Observation> {
  if (!trust.usable) return { kind: 'undecided', reason: trust.reason };
  const { material, policyHash } = trust;
  const { digest, repository } = image;
  const findContainers = async () => {
    const containers = await containment.containersOf(image);
    return containers.length === 0 ? [] : verdicts.readMany(containers);
  };
  return verifyImage({
    source,
    digest,
    repository,
    material,
    limits: LIMITS,
    clock: wiring.clock,
    known,
    findContainers,
    policyHash,
    notation: notationPorts(),
  });
}

/** Notes what an index covers and has each of it looked at again, soon after the verdict of the index is there to be found. */
async function coverChildren(
  index: ImageName,
  children: readonly Digest[],
  now: number,
  { containment, wiring, imageQueueUrl }: Parts,
): Promise<void> {
  const covered = children.slice(0, MOST_CHILDREN);
  await containment.note(index, covered);
  for (const digest of covered) {
    await sendRecheck(wiring.clients.sqs, imageQueueUrl, { ...index, digest }, SOON, now);
  }
}

async function publishOwed(record: VerdictRecord, { wiring, findingsQueueUrl, verdicts }: Parts): Promise<void> {
  const { state } = record;
  if (!isFindingOwed(record) || state === 'pending' || state === 'error') return;
  await sendFinding(wiring.clients.sqs, findingsQueueUrl, describeImageFinding({ ...record, state }));
  await verdicts.markPublished(record);
}
