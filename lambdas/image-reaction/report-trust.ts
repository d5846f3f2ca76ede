import type { Telemetry } from '../aws/function-frame.ts';
import { sendFinding } from '../aws/queues.ts';
import { describeTrustFinding } from '../core/findings/service-finding.ts';
import type { Parts } from './look-at-image.ts';

/**
 * Tells of trust that cannot be used: a metric for each image that stays undecided by it, and once for each start of the function a finding about the service.
 */
export function reportTrust({
  trust,
  wiring,
  findingsQueueUrl,
}: Parts): (where: { account: string; region: string }, telemetry: Telemetry) => Promise<void> {
  let told = false;
  return async (where, telemetry) => {
    if (trust.usable) return;
    telemetry.count('TrustMaterialUnusable');
    if (told) return;
    await sendFinding(wiring.clients.sqs, findingsQueueUrl, describeTrustFinding(where, trust.reason, wiring.clock()));
    told = true;
  };
}
