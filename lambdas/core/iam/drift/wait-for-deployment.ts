/**
 * How CloudTrail names CloudFormation where it called with the rights of somebody (CloudTrail User Guide, "userIdentity element", `invokedBy`). It proves that some
 * template said so, and anybody may write one: such a change is looked at later, never not at all.
 */
const DEPLOYER = 'cloudformation.amazonaws.com';

interface Call {
  readonly actor: { readonly invokedBy: string | undefined };
  /** Unix milliseconds. */
  readonly at: number;
}

/**
 * How long to wait, in milliseconds, before what deviates after a change is judged, since a deployment may not be through with it; 0 where nothing is to wait
 * for. `wait` in milliseconds, counted from the time of the call: another event starts a wait of its own and lengthens no other, and a time that is still to come is not waited for.
 */
export function waitForDeployment({ actor, at }: Call, wait: number, now: number): number {
  if (actor.invokedBy !== DEPLOYER || at > now) return 0;
  return Math.max(0, at + wait - now);
}
