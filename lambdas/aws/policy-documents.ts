import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { BaselineStanding } from '../core/iam/baseline/verify-baseline.ts';
import type { LiveState } from '../core/iam/live-state.ts';
import { listVersions } from './iam-slots.ts';

/** Attachments that are compared by what they allow; beyond them what an attachment does is unknown, which counts as wider. */
const MOST = 20;

/** The documents of the managed policies that were attached or detached, by ARN, so that the finding can say what they give. What is gone is not known. */
export async function readTouchedDocuments(
  iam: IAMClient,
  live: LiveState | undefined,
  standing: BaselineStanding,
): Promise<(arn: string) => string | undefined> {
  if (live === undefined || live.kind === 'policy' || standing.state !== 'signed') return () => undefined;
  const { state } = standing.baseline;
  const signed = state.kind === 'policy' ? [] : state.attached;
  const touched = [
    ...live.attached.filter((arn) => !signed.includes(arn)),
    ...signed.filter((arn) => !live.attached.includes(arn)),
  ].slice(0, MOST);
  const documents = new Map<string, string>();
  for (const arn of touched) {
    const document = await readDocument(iam, arn);
    if (document !== undefined) documents.set(arn, document);
  }
  return (arn) => documents.get(arn);
}

async function readDocument(iam: IAMClient, arn: string): Promise<string | undefined> {
  try {
    return (await listVersions(iam, arn)).find(({ isDefault }) => isDefault)?.document;
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return undefined;
    throw thrown;
  }
}
