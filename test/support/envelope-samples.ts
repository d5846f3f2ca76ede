import { readFileSync } from 'node:fs';
import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import { readDer } from '../../lambdas/core/signature/der.ts';
import { isSelfSigned } from '../../lambdas/core/signature/notation/certificate-rules.ts';
import { readTimestampToken } from '../../lambdas/core/signature/timestamp-token.ts';
import { corpusPath } from './corpus.ts';

/** A file of the sample data. Throws where it is not there. */
export function readCorpusFile(...parts: readonly string[]): Buffer {
  const path = corpusPath(...parts);
  if (path === undefined) throw new Error(`${parts.join('/')} is not in the sample data`);
  return readFileSync(path);
}

/** The root, the token and the roots of the token of a sample envelope, read without any of the code under test but DER. */
export function takeSample(bytes: Buffer) {
  const taken =
    bytes[0] === 0x7b ? takeJws(bytes) : { anchors: findCertificates(bytes).slice(0, 1), token: findToken(bytes) };
  return { ...taken, stampRoots: taken.token === undefined ? [] : rootsOf(taken.token) };
}

function takeJws(bytes: Buffer) {
  const { header } = JSON.parse(bytes.toString()) as { header: { x5c: string[]; [name: string]: unknown } };
  const token = header['io.cncf.notary.timestampSignature'];
  return {
    anchors: header.x5c.slice(-1).map((text) => Buffer.from(text, 'base64')),
    token: typeof token === 'string' ? Buffer.from(token, 'base64') : undefined,
  };
}

/** DER elements with two octets of length stand in COSE as byte strings with a head of three octets, `59` and the same length. */
function findDer(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length - 7; at += 1) {
    if (bytes[at] !== 0x59 || bytes[at + 3] !== 0x30 || bytes[at + 4] !== 0x82) continue;
    const length = bytes.readUInt16BE(at + 1);
    if (length === bytes.readUInt16BE(at + 5) + 4) found.push(bytes.subarray(at + 3, at + 3 + length));
  }
  return found;
}

function findCertificates(bytes: Buffer): readonly Buffer[] {
  return findDer(bytes).filter((der) => der[4] === 0x30);
}

function findToken(bytes: Buffer): Buffer | undefined {
  return findDer(bytes).find((der) => der[4] === 0x06);
}

/** The certificates of a time stamp token that signed themselves. */
export function rootsOf(token: Buffer): readonly Buffer[] {
  const { certificates } = readTimestampToken(readDer(token));
  return certificates.map((der) => Buffer.from(der)).filter((der) => isSelfSigned(parseCertificate(der)));
}
