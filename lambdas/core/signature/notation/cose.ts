import { type DecodeOptions, decode, encode, Tagged, Tokenizer } from 'cborg';
import { messageOf } from '../../errors.ts';
import { COSE_ALGORITHMS } from './algorithm.ts';
import { HEADER, readSignedAttributes } from './attributes.ts';
import { NotationError } from './errors.ts';
import { MOST_CERTIFICATES, type NotationEnvelope } from './jws.ts';

/** COSE header labels (RFC 9052 section 3.1, RFC 9360 section 2). */
const LABEL = { alg: 1, crit: 2, contentType: 3, x5chain: 33 } as const;
const TIMESTAMP = 'io.cncf.notary.timestampSignature';
const SIGN1_TAG = 18;
const TIME_TAG = 1;
/** Most data items of one decoding; it also bounds the depth. */
const MOST_ITEMS = 512;

/** A tokenizer that ends after so many items: the decoder recurses, and its depth must not be the sender's to choose. */
class BoundedTokenizer extends Tokenizer {
  #items = 0;
  override next() {
    this.#items += 1;
    if (this.#items > MOST_ITEMS) throw new NotationError('too-large', `more than ${MOST_ITEMS} CBOR items`);
    return super.next();
  }
}

/** Reads a COSE_Sign1_Tagged (signature-envelope-cose.md). Throws `malformed`, `unsupported`, `too-large` or a code of its headers. */
export function parseCoseEnvelope(bytes: Uint8Array): NotationEnvelope {
  const message = decodeStrictly(bytes, 'the COSE envelope');
  if (!(message instanceof Tagged) || message.tag !== SIGN1_TAG) throw malformed('it is not a COSE_Sign1_Tagged');
  if (!Array.isArray(message.value) || message.value.length !== 4) throw malformed('it has not four parts');
  const [rawProtected, unprotectedHeader, rawPayload, rawSignature]: readonly unknown[] = message.value;
  const protectedBytes = expectBytes(rawProtected, 'the protected header');
  const payload = expectBytes(rawPayload, 'the payload');
  const headers = expectMap(decodeStrictly(protectedBytes, 'the protected header'), 'the protected header');
  const unprotectedHeaders = expectMap(unprotectedHeader, 'the unprotected header');
  refuseMisplaced(headers, unprotectedHeaders);
  const algorithm = COSE_ALGORITHMS.get(Number(headers.get(LABEL.alg)));
  if (algorithm === undefined || typeof headers.get(LABEL.alg) !== 'number') {
    throw new NotationError('unsupported', 'the signature algorithm is missing or not allowed');
  }
  const timestamp = unprotectedHeaders.get(TIMESTAMP);
  return {
    format: 'cose',
    attributes: readSignedAttributes({
      algorithm,
      contentType: headers.get(LABEL.contentType),
      critical: headers.get(LABEL.crit),
      values: textHeaders(headers),
      readTime: readEpochTime,
    }),
    payload,
    signedBytes: encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
    signature: expectBytes(rawSignature, 'the signature'),
    certificates: readChain(unprotectedHeaders.get(LABEL.x5chain)),
    timestamp: timestamp === undefined ? undefined : expectBytes(timestamp, 'the time stamp'),
  };
}

/** One way to write everything: shortest integers and lengths, no indefinite ones, no key twice, no tags but time and COSE_Sign1, nothing after the end. */
function decodeStrictly(bytes: Uint8Array, what: string): unknown {
  const options: DecodeOptions = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowInfinity: false,
    allowNaN: false,
    allowBigInt: false,
    useMaps: true,
    rejectDuplicateMapKeys: true,
    tags: Tagged.preserve(SIGN1_TAG, TIME_TAG),
  };
  try {
    return decode(bytes, { ...options, tokenizer: new BoundedTokenizer(bytes, options) });
  } catch (cause) {
    if (cause instanceof NotationError) throw cause;
    throw new NotationError('malformed', `${what} is not strict CBOR: ${messageOf(cause).slice(0, 120)}`, { cause });
  }
}

/** Integer labels beyond the three have a meaning of COSE's own (a hash envelope, a chain that is signed): none is supported, so none is passed over. */
function refuseMisplaced(headers: ReadonlyMap<unknown, unknown>, unprotectedHeaders: ReadonlyMap<unknown, unknown>) {
  for (const label of headers.keys()) {
    const registered = label === LABEL.alg || label === LABEL.crit || label === LABEL.contentType;
    if (!registered && typeof label !== 'string') {
      throw new NotationError('unsupported', `the protected header has the label ${String(label).slice(0, 20)}`);
    }
  }
  const names: ReadonlySet<unknown> = new Set([LABEL.alg, LABEL.crit, LABEL.contentType, ...Object.values(HEADER)]);
  for (const label of unprotectedHeaders.keys()) {
    if (names.has(label) || headers.has(label)) {
      throw new NotationError(
        'bad-header',
        `the header ${String(label).slice(0, 100)} stands where nothing protects it`,
      );
    }
  }
}

function textHeaders(headers: ReadonlyMap<unknown, unknown>): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [label, value] of headers) if (typeof label === 'string') values.set(label, value);
  return values;
}

/** Epoch-based date and time (RFC 8949 section 3.4.2), whole seconds. */
function readEpochTime(value: unknown, name: string): number {
  const seconds = value instanceof Tagged && value.tag === TIME_TAG ? value.value : undefined;
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 0 || seconds > 253_402_300_799) {
    throw new NotationError('bad-header', `${name} is not a time in whole seconds`);
  }
  return seconds * 1000;
}

function readChain(value: unknown): readonly Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0) throw malformed('the certificate chain is missing');
  if (value.length > MOST_CERTIFICATES) throw new NotationError('too-large', 'too many certificates');
  return value.map((certificate: unknown) => expectBytes(certificate, 'a certificate of the chain'));
}

function expectBytes(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0) throw malformed(`${what} is missing or not bytes`);
  return value;
}

function expectMap(value: unknown, what: string): ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) throw malformed(`${what} is not a map`);
  return value;
}

function malformed(message: string): NotationError {
  return new NotationError('malformed', `the COSE envelope: ${message}`);
}
