import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { messageOf, type Reason } from '../core/errors.ts';
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
    const { cause } = thrown instanceof BaselineStoreError ? thrown : { cause: thrown };
    // What was refused for good stays so; after anything else another try may read it.
    if (cause !== undefined && explainRefusal(cause) === undefined) throw thrown;
    return unreadable({ code: 'unreadable', message: messageOf(thrown).slice(0, 400) });
  }
  const known = await drift.readKnown(resource);
  const standing = verifyBaseline({ arn: resource, text, known, now }, trust.material);
  if (standing.state === 'signed' && standing.baseline.version > (known?.version ?? 0)) {
    await drift.remember(resource, standing.baseline);
  }
  return standing;
}

function unreadable(reason: Reason): BaselineStanding {
  return { state: 'unreadable', reason, evidence: [] };
}
