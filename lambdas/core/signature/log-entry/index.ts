import * as z from 'zod';
import { SignatureError } from '../errors.ts';
import { matchShape, parseJson } from '../json.ts';
import type { Expected } from './binding.ts';
import * as dsseV001 from './dsse-v001.ts';
import * as dsseV002 from './dsse-v002.ts';
import * as hashedrekordV001 from './hashedrekord-v001.ts';
import * as hashedrekordV002 from './hashedrekord-v002.ts';
import * as intotoV001 from './intoto-v001.ts';
import * as intotoV002 from './intoto-v002.ts';

const bodyShape = z.object({ kind: z.string().max(40), apiVersion: z.string().max(20), spec: z.unknown() });
const LARGEST_BODY = 16 * 1024 * 1024;

/**
 * Holds the body of a log entry to the candidate it came with: same content, same signature, same signer, whatever the kind of entry.
 * Returns the kind. Throws `log-entry-mismatch`, `malformed` or `unsupported`.
 */
export function expectEntryAbout(body: Uint8Array, expected: Expected): string {
  const { kind, apiVersion, spec } = parseJson(body, bodyShape, 'log entry', LARGEST_BODY);
  const name = `${kind} ${apiVersion}`;
  switch (name) {
    case 'hashedrekord 0.0.1':
      hashedrekordV001.expectEntry(matchShape(spec, hashedrekordV001.shape, name), expected);
      return name;
    case 'hashedrekord 0.0.2':
      hashedrekordV002.expectEntry(matchShape(spec, hashedrekordV002.shape, name), expected);
      return name;
    case 'dsse 0.0.1':
      dsseV001.expectEntry(matchShape(spec, dsseV001.shape, name), expected);
      return name;
    case 'dsse 0.0.2':
      dsseV002.expectEntry(matchShape(spec, dsseV002.shape, name), expected);
      return name;
    case 'intoto 0.0.1':
      intotoV001.expectEntry(matchShape(spec, intotoV001.shape, name), expected);
      return name;
    case 'intoto 0.0.2':
      intotoV002.expectEntry(matchShape(spec, intotoV002.shape, name), expected);
      return name;
    default:
      throw new SignatureError('unsupported', 'a log entry of an unknown kind');
  }
}
