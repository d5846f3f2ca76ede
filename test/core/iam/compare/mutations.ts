import { listOf, type Raw, type RawRule, statementsOf } from './raw-policy.ts';

/**
 * Changes that certainly change what a document allows or denies; undefined where one would not. A change to a statement counts only if the statement has an
 * action that no other statement speaks of, so that nobody else makes up for it.
 */
export type Mutation = (policy: Raw) => Raw | undefined;

const regexp = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'is',
  );

/** Whether a statement speaks of an action at all; those with NotAction are taken to. */
const speaksOf = ({ Action }: RawRule, action: string) =>
  Action === undefined || listOf(Action).some((one) => regexp(one).test(action));

/** Replaces the first statement that fits and has an action of its own, reduced to that action in the search only. */
const changeOne = (
  policy: Raw,
  fits: (statement: RawRule) => boolean,
  change: (statement: RawRule) => RawRule | undefined,
): Raw | undefined => {
  const statements = statementsOf(policy);
  for (const [at, statement] of statements.entries()) {
    if (!fits(statement) || statement.Action === undefined) continue;
    const others = statements.filter((_, index) => index !== at);
    const own = listOf(statement.Action).map((action) => action.replaceAll('*', 'Qzq').replaceAll('?', 'q'));
    if (!own.some((action) => !others.some((other) => speaksOf(other, action)))) continue;
    const changed = change(statement);
    if (changed !== undefined)
      return { ...policy, Statement: statements.map((one, index) => (index === at ? changed : one)) };
  }
  return undefined;
};

const NEW = 'zz-unheard-of:Do';
const isAllow = ({ Effect }: RawRule) => Effect === 'Allow';
const speaksOfNew = (policy: Raw) => statementsOf(policy).some((one) => speaksOf(one, NEW));

/** With the verdicts that a mutation may have: one that only adds can not be `narrower`. */
export const MUTATIONS: Readonly<Record<string, { readonly mutate: Mutation; readonly gains: boolean }>> = {
  'an action is added': {
    gains: true,
    mutate: (policy) => {
      if (speaksOfNew(policy)) return undefined;
      const at = statementsOf(policy).findIndex((one) => isAllow(one) && one.Action !== undefined);
      if (at < 0) return undefined;
      return {
        ...policy,
        Statement: statementsOf(policy).map((one, index) =>
          index === at ? { ...one, Action: [...listOf(one.Action), NEW] } : one,
        ),
      };
    },
  },
  'an ARN is widened': {
    gains: true,
    mutate: (policy) =>
      changeOne(
        policy,
        (one) => isAllow(one) && one.Resource !== undefined && !listOf(one.Resource).some((text) => /^\*+$/.test(text)),
        (one) => ({ ...one, Resource: '*' }),
      ),
  },
  'a condition is dropped': {
    gains: true,
    mutate: (policy) =>
      changeOne(
        policy,
        (one) => isAllow(one) && one.Condition !== undefined,
        ({ Condition, ...one }) => one,
      ),
  },
  'an Effect is flipped': {
    gains: false,
    mutate: (policy) => changeOne(policy, isAllow, (one) => ({ ...one, Effect: 'Deny' })),
  },
  'Action becomes NotAction': {
    gains: true,
    mutate: (policy) =>
      changeOne(policy, isAllow, ({ Action, ...one }) =>
        Action === undefined || listOf(Action).includes('*') ? undefined : { ...one, NotAction: Action },
      ),
  },
  'a Deny is dropped': {
    gains: true,
    mutate: (policy) => {
      const denies = statementsOf(policy).filter((one) => !isAllow(one));
      // Of several, another one could deny the same.
      return denies.length === 1 ? { ...policy, Statement: statementsOf(policy).filter(isAllow) } : undefined;
    },
  },
  'a condition value is widened': {
    gains: true,
    mutate: (policy) =>
      changeOne(
        policy,
        (one) =>
          isAllow(one) && Object.keys(one.Condition ?? {}).length === 1 && one.Condition?.StringEquals !== undefined,
        (one) => {
          const [key] = Object.keys(one.Condition?.StringEquals ?? {});
          if (key === undefined) return undefined;
          const { [key]: _, ...rest } = one.Condition?.StringEquals ?? {};
          return {
            ...one,
            Condition: { StringLike: { [key]: '*' }, ...(Object.keys(rest).length > 0 && { StringEquals: rest }) },
          };
        },
      ),
  },
  'a statement is added': {
    gains: true,
    mutate: (policy) =>
      speaksOfNew(policy)
        ? undefined
        : { ...policy, Statement: [...statementsOf(policy), { Effect: 'Allow', Action: NEW, Resource: '*' }] },
  },
};
