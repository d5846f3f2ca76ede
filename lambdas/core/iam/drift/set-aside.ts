import type { IamCall } from '../../ledger/calls/iam.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { LiveState } from '../live-state.ts';
import { isSameDocument } from '../same-document.ts';

/** The state of a principal without what plans of ours hold it in for a time, and whether all of that is there. */
export interface WithoutHeld {
  readonly live: LiveState;
  /** Something that a plan did, and that is to last, is not there any more. */
  readonly isBroken: boolean;
}

/**
 * Sets aside what containment did to a principal, so that it is neither drift nor put right. It is known by its rows in the ledger, step by step and to the letter, and by no
 * name: what only looks like containment is drift. Rows are to be verified before.
 */
export function setAsideHeld(live: LiveState, holders: readonly LedgerRecord[]): WithoutHeld {
  let rest = live;
  let isBroken = false;
  for (const { plan, progress } of holders) {
    if (plan.expiresAfter === undefined) continue;
    for (const [index, { call }] of plan.steps.entries()) {
      const at = progress.steps[index]?.at;
      // A step that was found done is nothing of ours.
      if (at !== 'done' && at !== 'started' && at !== 'undo-started') continue;
      if (!('slot' in call) || !isAbout(call, live)) continue;
      // Two plans may have done the same, one after the other: each is held against what is there.
      isBroken ||= progress.state === 'verified' && takeBack(live, call) === undefined;
      rest = takeBack(rest, call) ?? rest;
    }
  }
  return { live: rest, isBroken };
}

function isAbout(call: IamCall, { kind, name }: LiveState): boolean {
  switch (call.slot) {
    case 'inline-policy':
    case 'attachment':
      return call.holder.kind === kind && call.holder.name === name;
    case 'access-key':
      return kind === 'user' && call.user === name;
    default:
      return false;
  }
}

/** The state as if the call had not been made; undefined where it does not show what the call leads to. */
function takeBack(live: LiveState, call: IamCall): LiveState | undefined {
  if (live.kind === 'policy') return undefined;
  switch (call.slot) {
    case 'inline-policy': {
      const found = live.inline.find(({ name }) => name === call.policy);
      if (found === undefined || call.to === null || !isSameDocument(found.document, call.to)) return undefined;
      const others = live.inline.filter((one) => one !== found);
      const before = call.from === null ? [] : [{ name: call.policy, document: call.from }];
      return { ...live, inline: [...others, ...before] };
    }
    case 'attachment':
      if (call.to === null || !live.attached.includes(call.policyArn)) return undefined;
      return { ...live, attached: live.attached.filter((arn) => arn !== call.policyArn) };
    case 'access-key': {
      if (live.kind !== 'user' || live.credentials === undefined || live.credentials.accessKeys.includes(call.keyId)) {
        return undefined;
      }
      const accessKeys = [...live.credentials.accessKeys, call.keyId];
      return { ...live, credentials: { ...live.credentials, accessKeys } };
    }
    default:
      return undefined;
  }
}
