import type { Telemetry } from '../aws/function-frame.ts';
import { annotateFinding, importFindings, readRecordState } from '../aws/security-hub.ts';
import type { Wiring } from '../aws/wiring.ts';
import { CountersignError } from '../core/errors.ts';
import type { Annotation } from '../core/findings/annotation.ts';
import type { AsffFinding } from '../core/findings/asff.ts';

interface Parts {
  readonly wiring: Wiring<'securityHub'>;
  readonly own: { readonly account: string; readonly region: string };
}

/**
 * Writes an annotation beside the finding of another product. Where Security Hub does not hold that one yet it throws, so that the queue brings the message again; after
 * the time of the annotation our own finding stands in, and goes when the other one came after all.
 */
export async function annotate(annotation: Annotation, { wiring, own }: Parts, telemetry: Telemetry): Promise<void> {
  const { securityHub } = wiring.clients;
  const ids = { finding: annotation.findingId };
  // Security Hub takes findings of ours only for the account and region that they belong to.
  const { standIn: given } = annotation;
  const standIn = given?.AwsAccountId === own.account && given.Region === own.region ? given : undefined;
  const outcome = await annotateFinding(securityHub, annotation);
  if (outcome === 'absent') {
    if (wiring.clock() < Date.parse(annotation.standInAfter)) {
      throw new CountersignError('not-there-yet', 'Security Hub does not hold the finding yet');
    }
    telemetry.count('AnnotationUnplaced');
    telemetry.info('annotation unplaced', ids);
    if (standIn !== undefined) await importOne(standIn, wiring);
    return;
  }
  if (outcome === 'annotated') telemetry.count('FindingAnnotated');
  if (standIn === undefined || (await readRecordState(securityHub, standIn)) !== 'ACTIVE') return;
  const UpdatedAt = new Date(wiring.clock()).toISOString();
  await importOne({ ...standIn, UpdatedAt, RecordState: 'ARCHIVED' }, wiring);
}

async function importOne(finding: AsffFinding, { clients }: Parts['wiring']): Promise<void> {
  const [failure] = await importFindings(clients.securityHub, [finding]);
  if (failure !== undefined) throw new CountersignError('not-imported', `${failure.code}: ${failure.message}`);
}
