import { readChildren, readDer } from '../../lambdas/core/signature/der.ts';
import { readTimestampToken } from '../../lambdas/core/signature/timestamp-token.ts';
import { listTwins } from './json-pairs.ts';
import type { Harmless } from './target.ts';

const BASE64 = /^[A-Za-z0-9+/=\r\n]*$/;

/** The members of a JSON document by their path (`a.b[0].c`), as text. Line breaks in base64 count for nothing, as in Go. */
function partsOfJson(input: Buffer): Map<string, string> {
  const parts = new Map<string, string>();
  collect(JSON.parse(input.toString()), '', parts);
  // Which of two counts is up to the reader: nothing that is accepted may have them.
  for (const name of listTwins(input.toString())) parts.set(`${name}, a second time`, name);
  return parts;
}

function collect(value: unknown, path: string, parts: Map<string, string>): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${path}[${index}]`, parts);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) collect(member, path === '' ? name : `${path}.${name}`, parts);
    if (Object.keys(value).length === 0) parts.set(path, '{}');
  } else {
    parts.set(path, typeof value === 'string' && BASE64.test(value) ? value.replace(/[\r\n]/g, '') : String(value));
  }
}

/** The part that all names share which a format does not define: a reader passes over them, so they say nothing. */
export const UNDEFINED = 'names that the format does not define';
export const UNDEFINED_NAMES: Harmless = {
  part: new RegExp(`(^|/)${UNDEFINED} `),
  because: 'a name that the format does not define says nothing',
};

/** Of the members of a JSON document those that its format defines, with zeros and nulls left out as protobuf does; all others become one part. */
export function partsOfFormat(
  input: Buffer,
  defined: RegExp,
  what = (_name: string, value: string) => value,
): Map<string, string> {
  const parts = new Map<string, string>();
  const others: string[] = [];
  for (const [name, value] of partsOfJson(input)) {
    if (!defined.test(name) && !name.endsWith(', a second time')) others.push(`${name}=${value}`);
    else if (value !== '0' && value !== 'null') parts.set(name, what(name, value));
  }
  if (others.length > 0) parts.set(UNDEFINED, others.sort().join('\n'));
  return parts;
}

/** The certificate or key of a PEM text, whatever stands around it. */
export function partOfPem(text: string): string {
  const [, body = text] = /-----BEGIN [A-Z ]+-----([\s\S]+?)-----END/.exec(text) ?? [];
  return body.replace(/\s/g, '');
}

/** What a time stamp token binds: its content, the attributes that are signed, and the signature. The certificates that travel along are nobody's word. */
export function partsOfToken(token: Buffer, inResponse: boolean): string {
  const element = inResponse ? readChildren(readDer(token))[1] : readDer(token);
  const { info, signedAttributes, signature } = readTimestampToken(element);
  return [info, signedAttributes.whole, signature].map((part) => Buffer.from(part).toString('base64')).join(' ');
}

/** The names of the parts in which two inputs differ: `name (added)`, `name (removed)`, `name (changed)`. */
export function compareParts(good: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...good.keys(), ...other.keys()]);
  return [...names].flatMap((name) => {
    if (good.get(name) === other.get(name)) return [];
    return [`${name} (${!good.has(name) ? 'added' : other.has(name) ? 'changed' : 'removed'})`];
  });
}
