import type { VerdictStore } from '../aws/verdict-store.ts';
import type { RecheckOutbox } from './recheck-outbox.ts';
import type { RunBudget } from './run-budget.ts';
import type { Sightings } from './sightings.ts';

export interface MissingParts {
  readonly verdicts: Pick<VerdictStore, 'listOpen'>;
  readonly budget: RunBudget;
  readonly outbox: RecheckOutbox;
  readonly sightings: Sightings;
}

/**
 * Asks for a look at every image with an open finding that is not in the registry any more: the event of its deletion was lost. The look finds it gone and closes the
 * finding. Returns for how many there was no room.
 */
export async function askForMissing({ verdicts, budget, outbox, sightings }: MissingParts): Promise<number> {
  let left = 0;
  for await (const page of verdicts.listOpen()) {
    budget.noteCall();
    for (const image of page) {
      if (sightings.isMissing(image) && !(await outbox.ask(image, 'due'))) left += 1;
    }
    if (budget.isOver()) break;
  }
  await outbox.flush();
  return left;
}
