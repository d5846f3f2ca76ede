import type { Telemetry } from '../aws/function-frame.ts';
import { sendFinding } from '../aws/queues.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { RootsInUse } from '../core/config/apply-stored-roots.ts';
import { describeRootFinding } from '../core/findings/root-finding.ts';

/**
 * Tells of roots that are not up to date, once for each time the store was read and with a finding where it says something new. The function that refreshes the roots
 * closes the finding: only it knows that nothing is wrong any more.
 */
export function reportRoots(
  { clients, clock }: Pick<Wiring<'sqs'>, 'clients' | 'clock'>,
  findingsQueueUrl: string,
): (
  roots: RootsInUse | undefined,
  where: { readonly account: string; readonly region: string },
  telemetry: Telemetry,
) => Promise<void> {
  let counted: RootsInUse | undefined;
  let told = '';
  return async (roots, where, telemetry) => {
    if (roots === undefined || roots === counted) return;
    counted = roots;
    const { problems } = roots;
    if (problems.length > 0) telemetry.count('TrustRootProblem', problems.length);
    for (const { root, kind, reason } of problems) {
      telemetry.info('trusted root problem', { root, kind, code: reason.code, reason: reason.message });
    }
    const news = JSON.stringify(problems);
    if (problems.length > 0 && news !== told) {
      await sendFinding(clients.sqs, findingsQueueUrl, describeRootFinding(where, problems, clock()));
    }
    told = news;
  };
}
