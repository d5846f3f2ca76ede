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
