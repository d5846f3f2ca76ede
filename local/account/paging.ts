export interface Page<Item> {
  readonly items: Item[];
  /** Absent on the last page: the SDK's paginators follow whatever token there is. */
  readonly nextToken: string | undefined;
}

/**
 * One page of `items` in the order of their keys. The token names the last item of the page before, so that what is added or deleted meanwhile
 * neither repeats nor hides anything else. Returns undefined for a token that this function did not make.
 */
export function pageOf<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  limit: number,
  token: string | undefined,
): Page<Item> | undefined {
  const after = token === undefined ? undefined : decodeToken(token);
  if (token !== undefined && after === undefined) return undefined;
  const sorted = [...items].map((item) => ({ key: keyOf(item), item }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    nextToken: rest.length > page.length && last !== undefined ? encodeToken(last.key) : undefined,
  };
}

const MARK = 'after:';

function encodeToken(key: string): string {
  return Buffer.from(MARK + key).toString('base64url');
}

function decodeToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  return text.startsWith(MARK) ? text.slice(MARK.length) : undefined;
}
