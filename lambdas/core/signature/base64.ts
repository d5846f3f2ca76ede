import { SignatureError } from './errors.ts';

/** Decodes standard base64 with padding. Anything that would not encode to the same text again is `malformed`: two texts must not mean one signature. */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new SignatureError('malformed', `${what} is not base64`);
  return bytes;
}
