import type { Telemetry } from '../aws/function-frame.ts';
import { annotateHeld, findResult, importFindings } from '../aws/security-hub.ts';
import type { Wiring } from '../aws/wiring.ts';
import { nameRequirements } from '../core/controls/name-requirements.ts';
import { CountersignError } from '../core/errors.ts';
import type { AsffFinding } from '../core/findings/asff.ts';
import type { ResultNote } from '../core/findings/result-note.ts';

interface Parts {
  readonly wiring: Wiring<'securityHub'>;
  readonly own: { readonly account: string; readonly region: string };
}

/**
 * Writes what is said of a result of Config beside the findings that Security Hub holds about it, and only where it holds none records the finding of our own. It is looked
 * for here and not where the result is decided about, since the recorder has the rights on findings anyway, and nobody else needs them. Whatever order results come in,
 * the newest stands: findings of ours carry the time of Config, and annotations name the version that they are about.
 */
export async function recordResult(note: ResultNote, { wiring, own }: Parts, telemetry: Telemetry): Promise<void> {
  const { securityHub } = wiring.clients;
  const { standIn: given, updatedAt } = note;
  // Security Hub takes findings of ours only for the account and region that they belong to.
  const standIn = given?.AwsAccountId === own.account && given.Region === own.region ? given : undefined;
  const { theirs, ours, isAll } = await findResult(securityHub, note);
  if (ours !== undefined && timeOf(ours.UpdatedAt) > timeOf(updatedAt)) return;
  const version = { updatedAt, count: 0, note: note.note, fields: note.fields };
  for (const held of theirs) {
    if ((await annotateHeld(securityHub, held, version)) === 'annotated') telemetry.count('FindingAnnotated');
  }
  if (theirs.length > 0) {
    if (standIn === undefined || ours?.RecordState !== 'ACTIVE') return;
    // A moment later than what is there, which may be this result itself, and no more: the next result has to be newer.
    const UpdatedAt = new Date(timeOf(ours.UpdatedAt) + 1).toISOString();
    await importOne({ ...standIn, UpdatedAt, RecordState: 'ARCHIVED' }, wiring);
    return;
  }
  const isOver = standIn?.RecordState === 'ARCHIVED';
  if (!isOver && wiring.clock() < Date.parse(note.standInAfter)) {
    throw new CountersignError('not-there-yet', 'Security Hub does not hold a finding about the result yet');
  }
  telemetry.info('result without a finding', { rule: note.rule.arn, finding: standIn?.Id ?? '-' });
  if (standIn === undefined || !isAll) {
    telemetry.count('AnnotationUnplaced');
    return;
  }
  // Also where it is over, and nothing of ours is there: an older result that is still under way must not open it any more.
  await importOne(nameRequirements(standIn), wiring);
  telemetry.count(isOver ? 'ResultClosed' : 'ResultOpened');
}

function timeOf(timestamp: string | undefined): number {
  return Date.parse(timestamp ?? '');
}

async function importOne(finding: AsffFinding, { clients }: Parts['wiring']): Promise<void> {
  const [failure] = await importFindings(clients.securityHub, [finding]);
  if (failure !== undefined) throw new CountersignError('not-imported', `${failure.code}: ${failure.message}`);
}
