import type { SignatureCandidate } from '../../signature/candidate.ts';

/** Bytes of one file of signed statements: a baseline of the largest principal has some 40 kB, and each approval as much again. */
export const LARGEST_FILE = 8 * 1024 * 1024;
const MOST_LINES = 256;

/**
 * Takes a file of signed statements apart: one to a line, each a Sigstore bundle or a bare DSSE envelope in JSON, as in-toto's attestation bundles have them. A
 * baseline and what was appended to it later stand in one file. Undefined for a file beyond the bounds; that a line can be read is for the engine to say.
 */
export function readSignedLines(text: string): readonly SignatureCandidate[] | undefined {
  if (text.length > LARGEST_FILE) return undefined;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MOST_LINES) return undefined;
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    // A bundle has its envelope within.
    return /"dsseEnvelope"\s*:/.test(line)
      ? { format: 'bundle', origin: { kind: 'file' }, bytes }
      : { format: 'dsse', origin: { kind: 'file' }, envelope: bytes, annotations: {} };
  });
}
