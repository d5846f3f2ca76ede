/** `2f8a9c1d4e5b`: enough of a digest to tell images apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** `12:31:07.250` in the viewer's time zone. */
export function clockTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const fraction = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${fraction}`;
}

/** `+0.042 s`: how long after the first thing that happened. */
export function elapsed(milliseconds: number): string {
  return `+${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 3 : 1)} s`;
}

/** JSON laid out for reading; text that is no JSON stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A web address to be linked, or undefined for anything that is not plain https. */
export function safeLink(url: string): string | undefined {
  return /^https:\/\/[a-z0-9.-]+(?:\/|$)/i.test(url) ? url : undefined;
}
