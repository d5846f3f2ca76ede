import type { Context } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { sendFinding } from '../aws/queues.ts';
import { rootStore } from '../aws/root-store.ts';
import { tufMirror } from '../aws/tuf-mirror.ts';
import type { Wiring } from '../aws/wiring.ts';
import { parseCompiledConfig } from '../core/config/parse-compiled.ts';
import { describeRootFinding } from '../core/findings/root-finding.ts';
import { listRefreshedRoots } from '../core/trust/tuf/refreshed-roots.ts';
import { type RootRefresh, refreshRoot } from './refresh-root.ts';

/** Time for all files of one root, milliseconds. */
const LONGEST = 60_000;

/** Outcomes by the name of the root. */
export type RefreshResult = Readonly<Record<string, RootRefresh['outcome']>>;

/**
 * Fetches the trusted roots of the policy through TUF, verifies each from its compiled initial root on, and stores what is newer. The only function that speaks to
 * a mirror. A root that is refused or cannot be fetched stays as it is: that is counted, told in the finding, and tried again at the next run.
 */
export function createHandler(
  wiring: Wiring<'sqs' | 'dynamodb'>,
): (event: unknown, context: Context) => Promise<RefreshResult> {
  const { clients, environment, clock } = wiring;
  const store = rootStore(clients.dynamodb, requireVariable(environment, 'VERDICT_TABLE'));
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const roots = listRefreshedRoots(parseCompiledConfig(wiring.readCompiledConfig()).trust);

  return frameFunction(environment, async (_event: unknown, telemetry, context) => {
    const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
    const stored = await store.read(roots.map(({ name }) => name));
    const refreshes = await Promise.all(
      roots.map(async (root) => {
        const mirror = tufMirror(wiring.fetch, root.mirror, AbortSignal.timeout(LONGEST));
        return { name: root.name, ...(await refreshRoot(root, stored.get(root.name), mirror, store, clock())) };
      }),
    );
    const problems = refreshes.flatMap((refresh) => refresh.problems);
    const isRefreshed = refreshes.every(({ outcome }) => outcome !== 'refused' && outcome !== 'unreachable');
    telemetry.count('TrustRootRefreshed', isRefreshed ? 1 : 0);
    telemetry.count('TrustRootRefused', problems.filter(({ kind }) => kind === 'refused').length);
    for (const { name, outcome } of refreshes) telemetry.info('trusted root', { root: name, outcome });
    for (const { root, kind, reason } of problems) {
      telemetry.info('trusted root problem', { root, kind, code: reason.code, reason: reason.message });
    }
    await sendFinding(clients.sqs, findingsQueueUrl, describeRootFinding({ account, region }, problems, clock()));
    return Object.fromEntries(refreshes.map(({ name, outcome }) => [name, outcome]));
  });
}
