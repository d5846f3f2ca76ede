/** An evaluator of policies of another make: regular expressions over every request of a small world, nothing shared with what it is held against. */
export type Context = Readonly<Record<string, readonly string[]>>;

export interface RawStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface RawPolicy {
  readonly Version: string;
  readonly Statement: readonly RawStatement[];
}

/** What an operator without quantifier makes of several values is not documented: all readings are tried. */
export interface Reading {
  readonly plain: 'any' | 'all';
  readonly negated: 'any' | 'all';
}

export const READINGS: readonly Reading[] = (['any', 'all'] as const).flatMap((plain) =>
  (['any', 'all'] as const).map((negated) => ({ plain, negated })),
);

/** Requests as the product of their parts. */
export interface World {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly callers: readonly string[];
  readonly contexts: readonly Context[];
}

/** Whether the second policy allows more or denies less for some request of the world, and whether less: denied comes before neither before allowed. */
export function compareByTrying(a: RawPolicy, b: RawPolicy, world: World, reading: Reading) {
  const [before, after] = [tabulate(a, world, reading), tabulate(b, world, reading)];
  let more = false;
  let less = false;
  for (let action = 0; action < world.actions.length; action += 1) {
    for (let resource = 0; resource < world.resources.length; resource += 1) {
      for (let caller = 0; caller < world.callers.length; caller += 1) {
        for (let context = 0; context < world.contexts.length; context += 1) {
          const change =
            evaluate(after, action, resource, caller, context) - evaluate(before, action, resource, caller, context);
          more ||= change > 0;
          less ||= change < 0;
        }
      }
    }
  }
  return { more, less };
}

type Table = ReturnType<typeof tabulate>;

/** -1 denied, 0 neither, 1 allowed. */
function evaluate(table: Table, action: number, resource: number, caller: number, context: number): -1 | 0 | 1 {
  let allowed = false;
  for (const row of table) {
    if (!(row.actions[action] && row.resources[resource] && row.callers[caller] && row.contexts[context])) continue;
    if (row.deny) return -1;
    allowed = true;
  }
  return allowed ? 1 : 0;
}

/** What each statement says to each part of a request. */
function tabulate({ Statement }: RawPolicy, world: World, reading: Reading) {
  const lower = (patterns: readonly string[] | undefined) => patterns?.map((pattern) => pattern.toLowerCase());
  return Statement.map(({ Effect, Action, NotAction, Resource, NotResource, Principal, Condition = {} }) => ({
    deny: Effect === 'Deny',
    actions: world.actions.map((action) => inList(lower(Action), lower(NotAction), action)),
    resources: world.resources.map((resource) => inList(Resource, NotResource, resource)),
    callers: world.callers.map(
      (caller) => Principal === undefined || Principal.AWS.some((one) => one === '*' || one === caller),
    ),
    contexts: world.contexts.map((context) =>
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => meets(operator, values, context[key.toLowerCase()], reading)),
      ),
    ),
  }));
}

function inList(inside: readonly string[] | undefined, outside: readonly string[] | undefined, text: string): boolean {
  const like = (pattern: string) => wild(pattern).test(text);
  return inside === undefined ? !outside?.some(like) : inside.some(like);
}

const known = new Map<string, RegExp>();

function wild(pattern: string): RegExp {
  let found = known.get(pattern);
  if (found === undefined) {
    const text = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    found = new RegExp(`^${text}$`, 's');
    known.set(pattern, found);
  }
  return found;
}

function meets(
  written: string,
  expected: readonly string[],
  actual: readonly string[] | undefined,
  reading: Reading,
): boolean {
  const [, quantifier, operator = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  if (operator === 'Null') return expected.includes(String(actual === undefined));
  const negated = operator.includes('Not');
  if (actual === undefined)
    return ifExists !== undefined || quantifier === 'ForAllValues' || (negated && quantifier !== 'ForAnyValue');
  const one = (value: string) => expected.some((each) => compare(operator.replace('Not', ''), each, value)) !== negated;
  const every =
    quantifier === 'ForAllValues' || (quantifier === undefined && reading[negated ? 'negated' : 'plain'] === 'all');
  return every ? actual.every(one) : actual.some(one);
}

function compare(operator: string, expected: string, actual: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return expected === actual;
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return expected.toLowerCase() === actual.toLowerCase();
    case 'StringLike':
      return wild(expected).test(actual);
    case 'NumericEquals':
      return Number(expected) === Number(actual);
    case 'NumericLessThan':
      return Number(actual) < Number(expected);
    case 'NumericLessThanEquals':
      return Number(actual) <= Number(expected);
    case 'NumericGreaterThan':
      return Number(actual) > Number(expected);
    case 'NumericGreaterThanEquals':
      return Number(actual) >= Number(expected);
    case 'IpAddress':
      return inBlock(expected, actual);
    default:
      throw new Error(`the evaluator has no ${operator}`);
  }
}

/** Blocks of whole octets, which is what the tests use. */
function inBlock(block: string, address: string): boolean {
  const [network = '', length = '32'] = block.split('/');
  if (!address.includes('.')) return false;
  const octets = Number(length) / 8;
  return network.split('.').slice(0, octets).join('.') === address.split('.').slice(0, octets).join('.');
}
