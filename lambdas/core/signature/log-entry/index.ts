import { SignatureError } from '../errors.ts';
import { readFields, readText } from '../fields.ts';
import { readJson } from '../json.ts';
import { type Expected, LARGEST_BODY } from './binding.ts';
import * as dsseV001 from './dsse-v001.ts';
import * as dsseV002 from './dsse-v002.ts';
import * as hashedrekordV001 from './hashedrekord-v001.ts';
import * as hashedrekordV002 from './hashedrekord-v002.ts';
import * as intotoV001 from './intoto-v001.ts';
import * as intotoV002 from './intoto-v002.ts';

/**
 * Holds the body of a log entry to the candidate it came with: same content, same signature, same signer, whatever the kind of entry.
 * Returns the kind. Throws `log-entry-mismatch`, `malformed` or `unsupported`.
 */
export function expectEntryAbout(body: Uint8Array, expected: Expected): string {
  const entry = readFields(readJson(body, 'log entry', LARGEST_BODY), 'log entry');
  const kind = readText(entry.kind, 'kind of a log entry', 40);
  const name = `${kind} ${readText(entry.apiVersion, 'version of a log entry', 20)}`;
  switch (name) {
    case 'hashedrekord 0.0.1':
      hashedrekordV001.expectEntry(entry.spec, expected);
      return name;
    case 'hashedrekord 0.0.2':
      hashedrekordV002.expectEntry(entry.spec, expected);
      return name;
    case 'dsse 0.0.1':
      dsseV001.expectEntry(entry.spec, expected);
      return name;
    case 'dsse 0.0.2':
      dsseV002.expectEntry(entry.spec, expected);
      return name;
    case 'intoto 0.0.1':
      intotoV001.expectEntry(entry.spec, expected);
      return name;
    case 'intoto 0.0.2':
      intotoV002.expectEntry(entry.spec, expected);
      return name;
    default:
      throw new SignatureError('unsupported', 'a log entry of an unknown kind');
  }
}
