import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isRuleOfSecurityHub } from '../../../lambdas/core/controls/config-result.ts';
import {
  type Arrival,
  type KnownResource,
  type KnownResult,
  noteTold,
  takeArrival,
} from '../../../lambdas/core/controls/take-result.ts';

const RUNS = Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? 300);
const ruleOf = (name: string) => ({ name, arn: `arn:aws:config:eu-west-1:111122223333:config-rule/${name}` });
const result = (compliance: 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE' | 'none', at: number, name = 'a') =>
  ({ kind: 'result', rule: ruleOf(name), compliance, at }) as const;
const deletion = (at: number): Arrival => ({ kind: 'deletion', at });

/** What Security Hub and the store hold after arrivals, where each is told at once. */
interface World {
  known: KnownResource | undefined;
  readonly findings: Map<string, { readonly at: number; readonly isOpen: boolean }>;
}

/** Security Hub takes a finding only where it is newer than what is there. */
function record(world: World, told: readonly KnownResult[]): void {
  for (const { rule, at, compliance } of told) {
    const held = world.findings.get(rule.arn);
    if (held === undefined || at > held.at) {
      world.findings.set(rule.arn, { at, isOpen: compliance === 'NON_COMPLIANT' });
    }
  }
}

function take(world: World, arrival: Arrival, crash: 'none' | 'before-telling' | 'before-noting' = 'none'): void {
  const taking = takeArrival(world.known, arrival);
  if (taking.outcome !== 'taken') return;
  world.known = taking.next;
  if (crash !== 'before-telling') record(world, taking.tell);
  if (crash === 'none') world.known = noteTold(taking.next, taking.tell) ?? world.known;
}

const openIn = ({ findings }: World) => [...findings].filter(([, { isOpen }]) => isOpen).map(([arn]) => arn);

/** What is open at the end by the times of Config alone. */
function shouldBeOpen(arrivals: readonly Arrival[]): string[] {
  const deletedAt = Math.max(-1, ...arrivals.flatMap((one) => (one.kind === 'deletion' ? one.at : [])));
  const newest = new Map<string, Arrival & { kind: 'result' }>();
  for (const one of arrivals) {
    if (one.kind === 'result' && one.at > (newest.get(one.rule.arn)?.at ?? -1)) newest.set(one.rule.arn, one);
  }
  return [...newest.values()].flatMap(({ rule, compliance, at }) =>
    compliance === 'NON_COMPLIANT' && at > deletedAt ? rule.arn : [],
  );
}

const arrival: fc.Arbitrary<(at: number) => Arrival> = fc
  .record({
    kind: fc.constantFrom('result', 'result', 'result', 'deletion'),
    name: fc.constantFrom('a', 'b'),
    compliance: fc.constantFrom('NON_COMPLIANT', 'NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE', 'none'),
  })
  .map(
    ({ kind, name, compliance }) =>
      (at) =>
        kind === 'deletion' ? deletion(at) : result(compliance, at, name),
  );
const history = fc.array(arrival, { minLength: 1, maxLength: 8 }).map((all) => all.map((make, at) => make(at + 1)));

describe('takeArrival', () => {
  it('tells a fault, and its end only where the fault was told', () => {
    expect(takeArrival(undefined, result('NON_COMPLIANT', 5))).toMatchObject({
      outcome: 'taken',
      tell: [{ compliance: 'NON_COMPLIANT', openSince: 5 }],
    });
    expect(takeArrival(undefined, result('COMPLIANT', 5))).toMatchObject({ outcome: 'taken', tell: [] });
    const world: World = { known: undefined, findings: new Map() };
    take(world, result('NON_COMPLIANT', 5));
    expect(takeArrival(world.known, result('NON_COMPLIANT', 6))).toMatchObject({ tell: [{ at: 6, openSince: 5 }] });
    expect(takeArrival(world.known, result('COMPLIANT', 6))).toMatchObject({ tell: [{ at: 6, openSince: 5 }] });
  });

  it('closes what is about a resource with its deletion, and nothing that came after', () => {
    const world: World = { known: undefined, findings: new Map() };
    for (const one of [result('NON_COMPLIANT', 5), result('NON_COMPLIANT', 7, 'b')]) take(world, one);

    expect(takeArrival(world.known, deletion(6))).toMatchObject({
      tell: [{ rule: ruleOf('a'), compliance: 'none', at: 6 }],
    });
    take(world, deletion(6));
    expect(openIn(world)).toEqual([ruleOf('b').arn]);
    expect(takeArrival(world.known, result('NON_COMPLIANT', 6)).outcome).toBe('outdated');
    expect(takeArrival(world.known, result('NON_COMPLIANT', 8))).toMatchObject({ tell: [{ openSince: 8 }] });
  });

  it('closes nothing for want of data', () => {
    const arrival = { kind: 'result', rule: ruleOf('a'), compliance: 'INSUFFICIENT_DATA', at: 9 } as const;

    expect(takeArrival(undefined, arrival)).toEqual({ outcome: 'no-result' });
  });

  it('keeps what is open however many rules there are', () => {
    const world: World = { known: undefined, findings: new Map() };
    take(world, result('NON_COMPLIANT', 1, 'first'));
    for (let at = 2; at < 1100; at += 1) take(world, result('COMPLIANT', at, `rule-${at}`));

    expect(world.known?.results.length).toBe(1000);
    expect(takeArrival(world.known, result('COMPLIANT', 2000, 'first'))).toMatchObject({ tell: [{ openSince: 1 }] });
  });

  test('ends the same in every order, with repeats', () => {
    fc.assert(
      fc.property(
        history.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length, maxLength: 2 * all.length }),
          ),
        ),
        ([all, shuffled]) => {
          const world: World = { known: undefined, findings: new Map() };

          for (const one of shuffled) take(world, one);

          expect(openIn(world).sort()).toEqual(shouldBeOpen(all).sort());
          expect(world.known?.results.every(({ told }) => told)).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('makes good for a crash at any point when the same event comes again', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.constantFrom('none', 'before-telling', 'before-noting'), { minLength: 8, maxLength: 8 }),
        (all, crashes) => {
          const world: World = { known: undefined, findings: new Map() };

          all.forEach((one, index) => {
            const crash = crashes[index] ?? 'none';
            take(world, one, crash);
            if (crash !== 'none') take(world, one);
          });

          expect(openIn(world).sort()).toEqual(shouldBeOpen(all).sort());
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('isRuleOfSecurityHub', () => {
  const arnOf = (rest: string) => ({ name: 'x', arn: `arn:aws:config:eu-west-1:111122223333:config-rule/${rest}` });

  it.each([
    ['aws-service-rule/securityhub.amazonaws.com/config-rule-abcdef', true],
    ['aws-service-rule/config-conforms.amazonaws.com/config-rule-abcdef', false],
    ['config-rule-abcdef', false],
    ['x/aws-service-rule/securityhub.amazonaws.com/config-rule-abcdef', false],
  ])('%s: %s', (rest, expected) => {
    expect(isRuleOfSecurityHub(arnOf(rest))).toBe(expected);
  });

  it('does not go by the name', () => {
    expect(isRuleOfSecurityHub({ ...arnOf('config-rule-abcdef'), name: 'securityhub-x-1a2b3c4d' })).toBe(false);
  });
});
