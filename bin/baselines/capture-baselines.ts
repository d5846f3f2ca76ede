import { durationText, secondsOf } from '../../lambdas/core/duration.ts';
import { compareStates } from '../../lambdas/core/iam/baseline/compare-states.ts';
import { type BaselineState, digestState } from '../../lambdas/core/iam/baseline/state.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { type Io, UsageError } from '../commands/command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { makeVisible } from '../output/visible.ts';
import { captureStates } from './capture-states.ts';
import { chooseAccount } from './choose-account.ts';
import { holdsBaselines, readBaselines, writeBaseline } from './folder.ts';

/** `countersign baseline capture`: a reviewable file for each principal and policy. What is not there any more keeps its file: that it is gone is for people to decide. */
export async function captureBaselines(folder: string, options: BaselineOptions, io: Io): Promise<ExitCode> {
  const now = io.clock?.() ?? Date.now();
  const created = new Date(now).toISOString();
  const validFor = options['valid-for'];
  const expires =
    validFor === undefined ? {} : { expires: new Date(now + readDuration(validFor) * 1000).toISOString() };
  const { states, leftOut } = captureStates(await chooseAccount(options, io, { credentials: true }));
  const known = new Map(listKnown(folder).map(({ predicate }) => [predicate.state.arn, predicate]));
  let [written, kept] = [0, 0];
  for (const found of states) {
    const former = known.get(found.arn);
    const state = keepCredentials(found, former?.state);
    // A document that was only written differently is no new version, and neither is the same state.
    const isSame =
      former !== undefined &&
      (digestState(former.state) === digestState(state) || compareStates(former.state, state).length === 0);
    if (isSame && validFor === undefined) {
      kept += 1;
      continue;
    }
    const path = writeBaseline(folder, { state, version: (former?.version ?? 0) + 1, created, ...expires });
    written += 1;
    io.out(`${makeVisible(`${former === undefined ? 'new' : 'changed'}  ${path}`)}\n`);
  }
  const gone = [...known.keys()].filter((arn) => !states.some((state) => state.arn === arn));
  for (const arn of gone) io.out(`${makeVisible(`gone  ${arn}`)}\n`);
  io.out(`${written} written, ${kept} as they were, ${gone.length} gone, ${leftOut.length} left to AWS\n`);
  return 0;
}

/** A template and the answer of one call do not tell of credentials: what was said of them stays. */
function keepCredentials(found: BaselineState, former: BaselineState | undefined): BaselineState {
  if (found.kind !== 'user' || found.credentials !== undefined) return found;
  if (former?.kind !== 'user' || former.credentials === undefined) return found;
  return { ...found, credentials: former.credentials };
}

/** What a former capture left; nothing in a folder that is new or holds no baselines yet. */
function listKnown(folder: string): ReturnType<typeof readBaselines> {
  return holdsBaselines(folder) ? readBaselines(folder) : [];
}

function readDuration(text: string): number {
  if (!durationText.safeParse(text).success) throw new UsageError(`--valid-for takes a duration like 90d, not ${text}`);
  return secondsOf(text);
}
