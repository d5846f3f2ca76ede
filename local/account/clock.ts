import type { Clock } from './types.ts';

/** The machine's own time. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    schedule(delay, task) {
      const timer = setTimeout(task, Math.min(Math.max(delay, 0), LONGEST_TIMER));
      return () => clearTimeout(timer);
    },
  };
}

/** Node fires timers beyond 2^31-1 ms at once instead of late. Nothing in the account waits that long (about 25 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A clock that stands still until somebody advances it. */
export interface VirtualClock extends Clock {
  /** Moves time forward by `milliseconds`, running every task that falls due, in order, each after the work of the one before has settled. */
  advance(milliseconds: number): Promise<void>;
  /** Time does not move on while `work` is unsettled: what a function does takes no virtual time, however long it really takes. */
  hold(work: Promise<unknown>): void;
  /** Waits until all held work is done, without moving time. */
  settle(): Promise<void>;
  /** When the next task is due, in Unix milliseconds; undefined when none is planned. */
  nextDue(): number | undefined;
}

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** A virtual clock that starts at `startMs` (Unix milliseconds). Tasks due at the same time run in the order in which they were scheduled. */
export function virtualClock(startMs: number): VirtualClock {
  let now = startMs;
  const tasks: Task[] = [];
  const held = new Set<Promise<unknown>>();

  async function settle(): Promise<void> {
    do {
      await Promise.allSettled(held);
      // One turn of the event loop, so that what follows from the settled work (promise chains of any depth) has run too.
      await new Promise((resolve) => setImmediate(resolve));
    } while (held.size > 0);
  }

  return {
    now: () => now,
    schedule(delay, run) {
      const task = { at: now + Math.max(delay, 0), run };
      tasks.splice(insertionPoint(tasks, task.at), 0, task);
      return () => {
        const index = tasks.indexOf(task);
        if (index >= 0) tasks.splice(index, 1);
      };
    },
    async advance(milliseconds) {
      const target = now + milliseconds;
      await settle();
      for (let task = tasks[0]; task !== undefined && task.at <= target; task = tasks[0]) {
        tasks.shift();
        now = Math.max(now, task.at);
        task.run();
        await settle();
      }
      now = target;
    },
    hold(work) {
      held.add(work);
      const release = () => held.delete(work);
      work.then(release, release);
    },
    settle,
    nextDue: () => tasks[0]?.at,
  };
}

/** Index behind the last task that is due at `at` or earlier. */
function insertionPoint(tasks: readonly Task[], at: number): number {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const task = tasks[middle];
    if (task !== undefined && task.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Tells whether time has to be advanced by hand. */
export function isVirtual(clock: Clock): clock is VirtualClock {
  return 'advance' in clock && 'hold' in clock;
}
