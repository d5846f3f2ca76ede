/**
 * Makes text from certificates, manifests and tags fit for a finding: control, format and bidirectional characters are replaced, since they could change what a
 * reader sees, and it is cut at `limit` UTF-16 units without splitting a pair.
 */
export function fitText(text: string, limit: number): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  if (clean.length <= limit) return clean;
  const cut = clean.slice(0, limit - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const whole = last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
  return `${whole}\u2026`;
}
