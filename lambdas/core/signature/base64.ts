import { SignatureError } from './errors.ts';

const LINE_BREAK = /[\r\n]/;

/** Decodes standard base64 with padding; line breaks count for nothing, as in Go's decoder. Anything else that would not encode to the same text again is `malformed`: two texts must not mean one signature. */
export function decodeBase64(text: string, what: string): Buffer {
  const joined = LINE_BREAK.test(text) ? text.replace(/[\r\n]/g, '') : text;
  const bytes = Buffer.from(joined, 'base64');
  if (bytes.toString('base64') !== joined) throw new SignatureError('malformed', `${what} is not base64`);
  return bytes;
}
