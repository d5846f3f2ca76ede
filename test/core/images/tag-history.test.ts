import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import {
  addTagging,
  findMovedFrom,
  MOST_TAGGINGS,
  type Tagging,
  type TagHistory,
} from '../../../lambdas/core/images/tag-history.ts';

const [A, B] = [digestOf('a'), digestOf('b')];
const add = (history: TagHistory, tagging: Tagging) => addTagging(history, tagging) ?? history;

describe('the history of a tag', () => {
  test('tells what it pointed to before', () => {
    const history = [
      { digest: A, at: 1 },
      { digest: B, at: 2 },
    ].reduce(add, []);

    expect(findMovedFrom(history, { digest: B, at: 2 })).toBe(A);
    expect(findMovedFrom(history, { digest: A, at: 1 })).toBeUndefined();
  });

  test('pushing the same image again moves nothing', () => {
    const history = [
      { digest: A, at: 1 },
      { digest: A, at: 5 },
    ].reduce(add, []);

    expect(findMovedFrom(history, { digest: A, at: 5 })).toBeUndefined();
  });

  test('an event that comes twice is one', () => {
    expect(addTagging([{ digest: A, at: 1 }], { digest: A, at: 1 })).toBeUndefined();
  });

  test('is the same in whatever order the events come, and keeps the newest', () => {
    const taggings = fc.array(fc.record({ digest: fc.constantFrom(A, B), at: fc.nat({ max: 200 }) }), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(
        taggings.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const history = all.reduce(add, [] as TagHistory);

          expect(shuffled.reduce(add, [] as TagHistory)).toEqual(history);
          expect(history.length).toBeLessThanOrEqual(MOST_TAGGINGS);
          expect(history.map(({ at }) => at)).toEqual(history.map(({ at }) => at).toSorted((x, y) => x - y));
        },
      ),
    );
  });
});
