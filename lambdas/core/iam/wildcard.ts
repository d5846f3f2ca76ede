/**
 * Whether text matches a pattern of IAM, in which `*` is any run of characters and `?` any one (IAM User Guide, "IAM JSON policy elements: Resource").
 * Both are compared as they are: actions come in lower case from `parsePolicy`. Linear in the text for each `*` at worst.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      retry = at;
      inPattern += 1;
    } else if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at])) {
      at += 1;
      inPattern += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}

/**
 * Whether every text that the inner pattern matches is matched by the outer one. True is certain; false may also mean that it could not be told
 * (`*?` against `?*`): the `*` and `?` of the inner pattern are read as letters that only `*` (or `?`) of the outer one covers. Time: product of the lengths.
 */
export function coversWildcard(outer: string, inner: string): boolean {
  // reachable[i]: what was read of the inner pattern is covered by the first i characters of the outer one.
  let reachable = closeOverStars(outer, new Set([0]));
  for (const letter of inner) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (outer[at] === '*') next.add(at);
      else if (letter !== '*' && (outer[at] === '?' || outer[at] === letter)) next.add(at + 1);
    }
    reachable = closeOverStars(outer, next);
  }
  return reachable.has(outer.length);
}

function closeOverStars(pattern: string, states: ReadonlySet<number>): Set<number> {
  const closed = new Set(states);
  for (const at of closed) if (pattern[at] === '*') closed.add(at + 1);
  return closed;
}
