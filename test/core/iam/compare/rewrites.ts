import { listOf, mapStatements, type Raw, type RawRule, statementsOf } from './raw-policy.ts';

/** Ways of writing a policy that mean the same. Undefined where a document gives no occasion for one. */
export type Rewrite = (policy: Raw) => Raw | string | undefined;

const mapActions = (policy: Raw, change: (actions: readonly string[]) => string | string[]) =>
  mapStatements(policy, (one) => ({
    ...one,
    ...(one.Action !== undefined && { Action: change(listOf(one.Action)) }),
    ...(one.NotAction !== undefined && { NotAction: change(listOf(one.NotAction)) }),
  }));

const mapConditions = (
  policy: Raw,
  change: (
    operator: string,
    key: string,
    values: readonly (string | number | boolean)[],
  ) => [string, string, (string | number | boolean)[] | string],
) =>
  statementsOf(policy).some(({ Condition }) => Condition !== undefined)
    ? mapStatements(policy, ({ Condition, ...rest }) => {
        if (Condition === undefined) return rest;
        const changed: NonNullable<RawRule['Condition']> = {};
        for (const [operator, byKey] of Object.entries(Condition)) {
          for (const [key, values] of Object.entries(byKey)) {
            const [newOperator, newKey, newValues] = change(operator, key, listOf(values));
            changed[newOperator] = { ...changed[newOperator], [newKey]: newValues };
          }
        }
        return { ...rest, Condition: changed };
      })
    : undefined;

const swapCase = (text: string) =>
  [...text].map((letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join('');
const fewer = <T>(list: readonly T[]): T | T[] => (list.length === 1 && list[0] !== undefined ? list[0] : [...list]);
const hasVariables = (policy: Raw) => JSON.stringify(policy).includes('${');

/** One statement for each of the values of an element. */
const splitBy =
  (element: 'Action' | 'Resource'): Rewrite =>
  (policy) => {
    const parts = mapStatements(policy, (one) => {
      const values = listOf(one[element]);
      return values.length < 2 || values.length > 60 ? one : values.map((value) => ({ ...one, [element]: value }));
    });
    return statementsOf(parts).length > statementsOf(policy).length ? parts : undefined;
  };

const reverseKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  );
};

/** With a principal, as a resource policy has it; a root account is written in one of two ways. */
export const withPrincipal = (policy: Raw, account: string): Raw =>
  mapStatements(policy, (one) => ({ ...one, Principal: { AWS: [account, 'arn:aws:iam::210987654321:role/other'] } }));

export const REWRITES: Readonly<Record<string, Rewrite>> = {
  'actions in another case': (policy) => mapActions(policy, (actions) => actions.map(swapCase)),
  'statements in another order': (policy) => {
    const statements = statementsOf(policy);
    return statements.length < 2 ? undefined : { ...policy, Statement: [...statements].reverse() };
  },
  'actions and resources in another order': (policy) =>
    mapStatements(
      mapActions(policy, (actions) => [...actions].reverse()),
      (one) => ({
        ...one,
        ...(one.Resource !== undefined && { Resource: [...listOf(one.Resource)].reverse() }),
      }),
    ),
  'elements in another order': (policy) => JSON.stringify(reverseKeys(policy)),
  'lists in place of scalars': (policy) =>
    mapActions({ ...policy, Statement: [...statementsOf(policy)] }, (actions) => [...actions]),
  'scalars in place of lists': (policy) => {
    const plain = mapStatements(mapActions(policy, fewer), (one) => ({
      ...one,
      ...(one.Resource !== undefined && { Resource: fewer(listOf(one.Resource)) }),
    }));
    return { ...plain, Statement: fewer(statementsOf(plain)) };
  },
  'split by action': splitBy('Action'),
  'split by resource': splitBy('Resource'),
  'statements merged that differ in actions only': (policy) => {
    const groups = new Map<string, RawRule>();
    for (const { Sid, ...one } of statementsOf(policy)) {
      const key = JSON.stringify({ ...one, Action: one.Action === undefined });
      const before = groups.get(key);
      groups.set(one.Action === undefined || before === undefined ? key : key, {
        ...one,
        ...(one.Action !== undefined && { Action: [...listOf(before?.Action), ...listOf(one.Action)] }),
        ...(one.NotAction !== undefined && { NotAction: one.NotAction }),
      });
    }
    return groups.size < statementsOf(policy).length && !statementsOf(policy).some(({ NotAction }) => NotAction)
      ? { ...policy, Statement: [...groups.values()] }
      : undefined;
  },
  'everything twice': (policy) => {
    const twice = mapActions(policy, (actions) => [...actions, ...actions]);
    return { ...twice, Statement: [...statementsOf(twice), ...statementsOf(policy)] };
  },
  'other Sids': (policy) => {
    let number = 0;
    return { ...mapStatements(policy, (one) => ({ ...one, Sid: `Other${++number}` })), Id: 'another' };
  },
  'percent-encoded': (policy) => encodeURIComponent(JSON.stringify(policy, undefined, 2)),
  'condition keys in another case': (policy) =>
    mapConditions(policy, (operator, key, values) => [operator, swapCase(key), [...values]]),
  'ArnLike for ArnEquals and the other way round': (policy) =>
    JSON.stringify(policy).includes('"Arn')
      ? mapConditions(policy, (operator, key, values) => [
          operator.replace(
            /Arn(Not)?(Equals|Like)/,
            (_, not: string | undefined, how: string) => `Arn${not ?? ''}${how === 'Like' ? 'Equals' : 'Like'}`,
          ),
          key,
          [...values],
        ])
      : undefined,
  'condition values in another order and twice': (policy) =>
    mapConditions(policy, (operator, key, values) => [operator, key, [...values, ...[...values].reverse()]]),
  'what a wildcard covers already': (policy) => {
    const wild = statementsOf(policy).some(({ Action }) => listOf(Action).some((action) => /.:.*\*/.test(action)));
    return wild
      ? mapActions(policy, (actions) => [
          ...actions,
          ...actions.filter((one) => one.includes('*')).map((one) => one.replaceAll('*', 'Xy*')),
        ])
      : undefined;
  },
  'a narrower statement beside': (policy) => {
    const [first] = statementsOf(policy);
    if (first?.Action === undefined || first.Resource === undefined) return undefined;
    const narrower: RawRule = {
      ...first,
      Action: listOf(first.Action).slice(0, 1),
      Resource: listOf(first.Resource).slice(0, 1),
      Condition: { ...first.Condition, Bool: { ...first.Condition?.Bool, 'aws:SecureTransport': true } },
    };
    return { ...policy, Statement: [narrower, ...statementsOf(policy)] };
  },
  'another version, where no variable is': (policy) =>
    hasVariables(policy) ? undefined : { ...policy, Version: '2008-10-17' },
  'no version, where no variable is': ({ Version, ...policy }) => (hasVariables(policy) ? undefined : policy),
};
