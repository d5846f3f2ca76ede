/** One word or sign of an expression. */
export type Token = { readonly kind: 'name' | 'value' | 'word' | 'number' | 'symbol' | 'end'; readonly text: string };

const TOKEN = /\s*(?:(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([A-Za-z_][A-Za-z0-9_]*)|(\d+)|(<>|<=|>=|[=<>()[\],.+-]))/y;
const KINDS = ['name', 'value', 'word', 'number', 'symbol'] as const;
/** DynamoDB developer guide, "Limits": an expression has at most 4 KB. */
const LONGEST_EXPRESSION = 4096;

/** The tokens of an expression. `fault` words the error for one that DynamoDB refuses. */
export function tokenize(text: string, fault: (message: string) => Error): Token[] {
  if (text.trim() === '') throw fault('The expression can not be empty;');
  if (Buffer.byteLength(text) > LONGEST_EXPRESSION)
    throw fault('Expression size has exceeded the maximum allowed size;');
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(trimmed);
    if (found === null) throw fault(`Syntax error; token: "${trimmed.slice(at, at + 20).trim()}"`);
    const group = found.slice(1).findIndex((one) => one !== undefined);
    tokens.push({ kind: KINDS[group] ?? 'symbol', text: found[group + 1] ?? '' });
  }
  return tokens;
}
