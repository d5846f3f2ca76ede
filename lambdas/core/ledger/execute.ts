import type { Reason } from '../errors.ts';
import type { AwsCall } from './call.ts';
import type { Happening } from './event.ts';
import type { Plan } from './plan.ts';
import { nextStep, nextUndo } from './progress.ts';
import {
  appliedBy,
  headOf,
  isToEnd,
  LedgerError,
  type LedgerRecord,
  proposalEnd,
  transition,
  undoneBy,
  verifyRecord,
} from './record.ts';

/**
 * How the world stands to a call. `before`: it can be made. `after`: its result is there. `underway`: its result is on the way.
 * `elsewhere`: the state is another than the plan was made from, and the call must not be made. `gone`: what the call would change is not there any more, so that
 * there is nothing to take back either.
 */
export interface Standing {
  readonly is: 'before' | 'after' | 'underway' | 'elsewhere' | 'gone';
  /** The state in words, for the history. */
  readonly observed: string;
}

/** What the executor needs of the world. Each throws where another try is due. */
export interface ExecutorPorts {
  read(id: Plan['id']): Promise<LedgerRecord | undefined>;
  /** Stores what follows `previous`. False where another writer came first. */
  write(record: LedgerRecord, previous: LedgerRecord): Promise<boolean>;
  /** A fresh read of what a call would change. */
  look(call: AwsCall): Promise<Standing>;
  /** Makes the call, and says why where AWS refuses it for good. What it answers otherwise is not believed: the next look is. */
  perform(call: AwsCall): Promise<Reason | undefined>;
  /** Whether anything forbids to apply the plan now. Asked before every call; what cannot be read forbids. An operator is not held by a quarrel. */
  findObstacle(plan: Plan, wantedBy: 'operator' | 'rule'): Promise<Reason | undefined>;
  /** The same for taking back, which asks more where it is the rule that wants it. */
  findUndoObstacle(plan: Plan, wantedBy: 'operator' | 'rule' | 'time'): Promise<Reason | undefined>;
  clock(): number;
  /** A name that no other run has, for what it notes in the ledger. */
  readonly run: string;
}

/** `waiting`: come back later, the world or another run is busy with it. */
export interface Execution {
  readonly outcome: 'done' | 'waiting';
  readonly record: LedgerRecord | undefined;
  /** Whether this run noted anything. */
  readonly moved: boolean;
}

/** Application and undo of twenty steps, each with start and finish, and what is around them. */
const MOST_ROUNDS = 100;

/**
 * Brings a plan as far as it can go now. Every change to the world goes through here: it is begun in the ledger before it is made, looked at before and after, and
 * finished in the ledger. A crash between any two of these leaves a row from which the next run goes on: whether a started call was made is asked of the world.
 * Throws LedgerError where the row does not hold, and whatever a port throws.
 */
export async function executePlan(id: Plan['id'], ports: ExecutorPorts): Promise<Execution> {
  let record = await ports.read(id);
  if (record === undefined) return { outcome: 'done', record, moved: false };
  const found = record.history.length;
  const end = (outcome: Execution['outcome'], at: LedgerRecord): Execution => {
    return { outcome, record: at, moved: at.history.length > found };
  };
  verifyRecord(record);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = await chooseNext(record, ports);
    if (next === 'done' || next === 'waiting') return end(next, record);
    const noted = await note(record, next.what, ports, round);
    if (noted === undefined) return end('waiting', record);
    record = noted;
    const refused = next.call === undefined ? undefined : await ports.perform(next.call);
    if (refused === undefined) continue;
    record = (await note(record, fail(refused).what, ports, round + MOST_ROUNDS)) ?? record;
    return end('done', record);
  }
  throw new LedgerError('contended', `${id} was not finished in ${MOST_ROUNDS} rounds`);
}

/** What to note next and, after that is noted, which call to make. */
type Next = { readonly what: Happening; readonly call?: AwsCall } | 'done' | 'waiting';

async function chooseNext(record: LedgerRecord, ports: ExecutorPorts): Promise<Next> {
  const { progress } = record;
  switch (progress.state) {
    case 'proposed':
      return ports.clock() >= proposalEnd(record) ? { what: { kind: 'expire' } } : 'done';
    case 'approved':
    case 'auto':
      return (await obstacleTo(record, ports)) ?? { what: { kind: 'begin' } };
    case 'applying':
      return chooseStep(record, ports);
    case 'applied':
      return verifyResult(record, ports);
    case 'undoing':
      return chooseUndo(record, ports);
    case 'verified':
      return isToEnd(record, ports.clock()) ? { what: { kind: 'request-undo' } } : watchResult(record, ports);
    case 'failed':
      return isToEnd(record, ports.clock()) ? { what: { kind: 'request-undo' } } : 'done';
    case 'denied':
    case 'expired':
    case 'undone':
      return 'done';
  }
}

async function obstacleTo(record: LedgerRecord, ports: ExecutorPorts): Promise<Next | undefined> {
  const reason = await ports.findObstacle(record.plan, appliedBy(record));
  return reason === undefined ? undefined : fail(reason);
}

async function chooseStep(record: LedgerRecord, ports: ExecutorPorts): Promise<Next> {
  const { plan, progress } = record;
  const step = nextStep(progress) ?? 0;
  const call = plan.steps[step]?.call;
  if (call === undefined) return 'done';
  const standing = await ports.look(call);
  const started = progress.steps[step]?.at === 'started';
  const finish = { what: { kind: 'finish-step', step, performed: started, observed: standing.observed } } as const;
  switch (standing.is) {
    case 'after':
      return finish;
    case 'underway':
      return 'waiting';
    case 'elsewhere':
    case 'gone':
      return fail({ code: 'moved', message: `the state is another than the plan was made from: ${standing.observed}` });
    case 'before':
      return (await obstacleTo(record, ports)) ?? { what: { kind: 'start-step', step }, call };
  }
}

async function chooseUndo(record: LedgerRecord, ports: ExecutorPorts): Promise<Next> {
  const { plan, progress } = record;
  const step = nextUndo(progress) ?? 0;
  const inverse = plan.steps[step]?.inverse;
  if (inverse === undefined || !('call' in inverse)) {
    return fail({ code: 'irreversible', message: `step ${step} has no inverse` });
  }
  const standing = await ports.look(inverse.call);
  switch (standing.is) {
    case 'after':
    case 'gone':
      return { what: { kind: 'finish-undo', step, observed: standing.observed } };
    case 'underway':
      return 'waiting';
    case 'elsewhere':
      return fail({ code: 'moved', message: `the state is another than the plan left: ${standing.observed}` });
    case 'before': {
      const obstacle = await ports.findUndoObstacle(plan, undoneBy(record) ?? 'rule');
      return obstacle === undefined ? { what: { kind: 'start-undo', step }, call: inverse.call } : fail(obstacle);
    }
  }
}

/** Success is what a fresh read of every step says, after all of them. */
async function verifyResult({ plan }: LedgerRecord, ports: ExecutorPorts): Promise<Next> {
  const seen: string[] = [];
  for (const { call } of plan.steps) {
    const { is, observed } = await ports.look(call);
    if (is === 'underway') return 'waiting';
    if (is !== 'after') return fail({ code: 'not-verified', message: `a fresh read shows another state: ${observed}` });
    seen.push(observed);
  }
  return { what: { kind: 'verify', observed: seen.join('; ').slice(0, 512) } };
}

/** What is to last for a time has to be there for that time: whoever is contained has reason to take it away. */
async function watchResult({ plan }: LedgerRecord, ports: ExecutorPorts): Promise<Next> {
  if (plan.expiresAfter === undefined) return 'done';
  for (const { call } of plan.steps) {
    const { is, observed } = await ports.look(call);
    if (is === 'before' || is === 'elsewhere') {
      return fail({ code: 'taken-away', message: `what the plan did is not there any more: ${observed}` });
    }
  }
  return 'done';
}

/** Writes an entry to the ledger. Undefined where somebody else is at it. */
async function note(
  record: LedgerRecord,
  what: Happening,
  ports: ExecutorPorts,
  round: number,
): Promise<LedgerRecord | undefined> {
  const id = `run/${ports.run}/${round}/${headOf(record).digest.slice(7, 23)}`;
  const next = transition(record, { id, at: ports.clock(), by: { kind: 'executor' }, what });
  if (!next.ok) {
    if (next.refusal.again === 'later') return undefined;
    throw new LedgerError('refused', `${record.plan.id}: ${next.refusal.message}`);
  }
  return (await ports.write(next.record, record)) ? next.record : undefined;
}

function fail({ code, message }: Reason): { readonly what: Happening } {
  return { what: { kind: 'fail', reason: { code: code.slice(0, 100), message: message.slice(0, 512) } } };
}
