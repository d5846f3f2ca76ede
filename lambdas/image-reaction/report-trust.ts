import type { Telemetry } from '../aws/function-frame.ts';
import { sendFinding } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import { type DeployedTrust, NO_POLICY } from '../core/config/deployed-trust.ts';
import { describeTrustFinding } from '../core/findings/service-finding.ts';
import type { ImageName } from '../core/image-name.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';

export interface TrustReport {
  readonly wiring: Pick<Wiring<'sqs'>, 'clients' | 'clock'>;
  readonly trust: DeployedTrust;
  readonly findingsQueueUrl: string;
}

/**
 * Tells of trust that cannot be used: a metric for each image that stays undecided by it, and once for each start of the function a finding about the service.
 * The first image on record from such a time that is looked at with usable trust is the observed fix: it closes the finding.
 */
export function reportTrust({
  wiring,
  trust,
  findingsQueueUrl,
}: TrustReport): (image: ImageName, previous: VerdictRecord | undefined, telemetry: Telemetry) => Promise<void> {
  let told = false;
  return async (image, previous, telemetry) => {
    if (!trust.usable) telemetry.count('TrustMaterialUnusable');
    if (told || (trust.usable && previous?.policyHash !== NO_POLICY)) return;
    const reason = trust.usable ? undefined : trust.reason;
    await sendFinding(wiring.clients.sqs, findingsQueueUrl, describeTrustFinding(image, reason, wiring.clock()));
    told = true;
  };
}
