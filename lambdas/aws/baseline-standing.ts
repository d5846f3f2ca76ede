import type { S3Client } from '@aws-sdk/client-s3';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { messageOf, type Reason } from '../core/errors.ts';
import { findClaimedArn } from '../core/iam/baseline/merge-lines.ts';
import { type BaselineStanding, verifyBaseline } from '../core/iam/baseline/verify-baseline.ts';
import { BaselineStore, BaselineStoreError } from './baseline-store.ts';
import type { DriftStore } from './drift-store.ts';
import { explainRefusal } from './refusal.ts';
import type { Wiring } from './wiring.ts';

/**
 * What is signed of a resource, read and verified now, and remembered so that no older baseline takes its place. What cannot be read for good, and trust that is
 * not usable, is `unreadable`; throws where another try may read it.
 */
export async function readStanding(
  resource: string,
  {
    wiring,
    trust,
    drift,
  }: { readonly wiring: Pick<Wiring<'s3'>, 'clients'>; readonly trust: DeployedTrust; readonly drift: DriftStore },
  now: number,
): Promise<BaselineStanding> {
  if (!trust.usable) return unreadable(trust.reason);
  const { iam } = trust.config;
  if (iam === undefined)
    return unreadable({ code: 'no-configuration', message: 'The configuration says nothing of IAM.' });
  let text: string | undefined;
  try {
    text = (await new BaselineStore(wiring.clients.s3, iam.bucket).read(resource))?.text;
  } catch (thrown) {
    if (mayPass(thrown)) throw thrown;
    return unreadable({ code: 'unreadable', message: messageOf(thrown).slice(0, 400) });
  }
  const known = await drift.readKnown(resource);
  const standing = verifyBaseline({ arn: resource, text, known, now }, trust.material);
  if (standing.state === 'signed' && standing.baseline.version > (known?.version ?? 0)) {
    await drift.remember(resource, standing.baseline);
  }
  return standing;
}

/**
 * The whole ARN of what the baseline under a name is about, unverified; undefined where there is no baseline or it cannot be read, which `readStanding` then tells.
 */
export async function readDeclaredArn(
  s3: S3Client,
  bucket: string | undefined,
  named: string,
): Promise<string | undefined> {
  if (bucket === undefined) return undefined;
  try {
    return findClaimedArn(named, (await new BaselineStore(s3, bucket).read(named))?.text ?? '');
  } catch (thrown) {
    if (mayPass(thrown)) throw thrown;
    return undefined;
  }
}

/** What was refused for good stays so; after anything else another try may read the baseline. */
function mayPass(thrown: unknown): boolean {
  const { cause } = thrown instanceof BaselineStoreError ? thrown : { cause: thrown };
  return cause !== undefined && explainRefusal(cause) === undefined;
}

function unreadable(reason: Reason): BaselineStanding {
  return { state: 'unreadable', reason, evidence: [] };
}
