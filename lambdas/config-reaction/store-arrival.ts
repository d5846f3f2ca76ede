import { identifyResource } from '../aws/identify-resource.ts';
import type { ResultStore } from '../aws/result-store.ts';
import type { RuleIdentifiers } from '../aws/rule-identifiers.ts';
import type { Clients } from '../aws/wiring.ts';
import type { ConfigResource, ResourceIdentity } from '../core/controls/config-result.ts';
import { type Arrival, type KnownResult, noteTold, type Taking, takeArrival } from '../core/controls/take-result.ts';
import { CountersignError } from '../core/errors.ts';

/** Writers of the same resource that come first before the message goes back to the queue. */
const MOST_TRIES = 5;

export interface StoredArrival {
  readonly outcome: Taking['outcome'];
  readonly identity: ResourceIdentity;
  readonly tell: readonly KnownResult[];
}

interface Parts {
  readonly store: ResultStore;
  readonly awsConfig: Clients['awsConfig'];
  readonly identifiers: RuleIdentifiers;
}

/** Decides about an arrival on top of what is stored, and stores what follows. What the rule and the resource are is asked where a fault is told; a resource that is gone keeps its name. */
export async function storeArrival(
  { store, awsConfig, identifiers }: Parts,
  resource: ConfigResource,
  told: Arrival,
): Promise<StoredArrival> {
  const mayTell = told.kind === 'result' && told.compliance === 'NON_COMPLIANT';
  const arrival = mayTell ? { ...told, identifier: await identifiers.read(told.rule) } : told;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const known = await store.read(resource);
    const taking = takeArrival(known, arrival);
    if (taking.outcome !== 'taken') return { outcome: taking.outcome, identity: known?.identity ?? {}, tell: [] };
    const { next, tell } = taking;
    const isFault = tell.some(({ compliance }) => compliance === 'NON_COMPLIANT');
    const found = isFault ? await identifyResource(awsConfig, resource) : {};
    const identity = { arn: found.arn ?? next.identity.arn, name: found.name ?? next.identity.name };
    if (await store.write(resource, { ...next, identity })) return { outcome: 'taken', identity, tell };
  }
  throw contended(resource);
}

/** Notes what was handed on, so that a repeat does not tell it again. */
export async function noteAsTold(
  store: ResultStore,
  resource: ConfigResource,
  told: readonly KnownResult[],
): Promise<void> {
  for (let tries = 0; told.length > 0 && tries < MOST_TRIES; tries += 1) {
    const known = await store.read(resource);
    const next = known && noteTold(known, told);
    if (next === undefined || (await store.write(resource, next))) return;
  }
  if (told.length > 0) throw contended(resource);
}

function contended({ type }: ConfigResource): CountersignError {
  return new CountersignError(
    'contended',
    `the row of a resource of type ${type} changes faster than it can be written`,
  );
}
