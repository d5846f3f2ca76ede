import type { Principal } from '../policy-document.ts';

/** The ARN of the principal with a unique id (`AROA…`, `AIDA…`), where it is known that there is one now. */
export type ResolvePrincipal = (uniqueId: string) => string | undefined;

/**
 * One principal of a policy, written in the one way (IAM User Guide, "AWS JSON policy elements: Principal"): accounts by their number, unique ids by the ARN
 * they resolve to. `plain` are those that stand for themselves only and for nobody else.
 */
export interface Caller {
  readonly kind: Principal['kind'];
  readonly form: 'everybody' | 'account' | 'plain' | 'unclear';
  readonly name: string;
}

/** Writes a principal in the one way. An id that does not resolve stays what it is: an orphan is not the principal that was made anew under its name. */
export function readCaller({ kind, value }: Principal, resolve: ResolvePrincipal | undefined): Caller {
  if (kind !== 'AWS') return { kind, form: kind === 'Federated' ? 'plain' : 'unclear', name: value };
  if (value === '*') return { kind, form: 'everybody', name: '*' };
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(value);
  if (account?.[1] !== undefined && (value.length === 12 || value.endsWith(':root'))) {
    return { kind, form: 'account', name: account[1] };
  }
  const name = /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(value) ? (resolve?.(value) ?? value) : value;
  return { kind, form: /^arn:aws[a-z-]*:iam::\d{12}:(?:user|role)\/[^*?]+$/.test(name) ? 'plain' : 'unclear', name };
}

/**
 * Whether everybody who is the inner one is the outer one too. An account does not cover its roles: naming a role grants without a policy of its own (IAM User
 * Guide, "Policy evaluation logic"). Everybody takes in AWS services, as for topics that only `aws:SourceArn` guards; of federated callers that is not sure.
 */
export function coversCaller(outer: Caller, inner: Caller): boolean {
  if (outer.form === 'everybody') return inner.kind !== 'Federated';
  return outer.kind === inner.kind && outer.form === inner.form && outer.name === inner.name;
}

/** Whether nobody is both. Certain for principals that stand for themselves and have other names, or other kinds. */
export function areApart(one: Caller, other: Caller): boolean {
  if (one.form !== 'plain' || other.form !== 'plain') return false;
  return one.kind !== other.kind || one.name !== other.name;
}

/** `Principal` (`in`) or `NotPrincipal` of a statement. */
export interface CallerSet {
  readonly mode: 'in' | 'not-in';
  readonly callers: readonly Caller[];
}

/** Whether there is a caller in every set of `within` and in none of `without`. */
export function findCaller(within: readonly CallerSet[], without: readonly CallerSet[]): 'found' | 'none' | 'open' {
  const named = [...within.filter(isNaming), ...without.filter((set) => !isNaming(set))];
  const excluded = [...within.filter((set) => !isNaming(set)), ...without.filter(isNaming)].flatMap(
    ({ callers }) => callers,
  );
  const [first, ...others] = named;
  // What NotPrincipal leaves over has many names: the account, the role and the session of one caller.
  if (first === undefined) return 'open';
  let open = false;
  for (const caller of first.callers) {
    const possible = judgeCaller(caller, others, excluded);
    if (possible === 'found') return 'found';
    open ||= possible === 'open';
  }
  return open ? 'open' : 'none';
}

function isNaming({ mode }: CallerSet): boolean {
  return mode === 'in';
}

function judgeCaller(
  caller: Caller,
  others: readonly CallerSet[],
  excluded: readonly Caller[],
): 'found' | 'none' | 'open' {
  if (excluded.some((one) => coversCaller(one, caller))) return 'none';
  if (others.some(({ callers }) => callers.every((one) => areApart(one, caller)))) return 'none';
  const certain =
    others.every(({ callers }) => callers.some((one) => coversCaller(one, caller))) &&
    excluded.every((one) => isAnother(one, caller));
  return certain ? 'found' : 'open';
}

/** Whether the caller can certainly be somebody that the excluded one is not. */
function isAnother(excluded: Caller, caller: Caller): boolean {
  if (excluded.form === 'everybody') return false;
  if (caller.form === 'everybody') return true;
  if (caller.kind !== excluded.kind) return caller.kind !== 'CanonicalUser' && excluded.kind !== 'CanonicalUser';
  if (caller.form === 'account') return excluded.form !== 'unclear';
  return caller.kind === 'Service' || (caller.form === 'plain' && excluded.form === 'plain');
}
