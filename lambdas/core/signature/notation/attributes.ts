import type { Algorithm } from './algorithm.ts';
import { NotationError } from './errors.ts';
import { readPlugin } from './plugin.ts';

export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

/** The signed attributes of an envelope (signature-specification.md, Signed Attributes), the same for JWS and COSE. Times in Unix milliseconds. */
export interface SignedAttributes {
  readonly algorithm: Algorithm;
  readonly scheme: SigningScheme;
  /** What the signer says (`notary.x509`: not to be trusted) or the signing authority vouches for (`notary.x509.signingAuthority`). */
  readonly signingTime: number;
  readonly expiry: number | undefined;
  /** The verification plugin that the signature demands; its logic is part of this module or the signature is refused. */
  readonly plugin: 'aws-signer' | undefined;
  /** Critical attributes beyond the specification, all of the plugin. */
  readonly extended: ReadonlyMap<string, unknown>;
}

/** A protected header as JWS or COSE hold it. */
export interface RawHeader {
  readonly algorithm: Algorithm;
  readonly contentType: unknown;
  readonly critical: unknown;
  /** All headers but the registered ones (`alg`, `crit`, `cty`). */
  readonly values: ReadonlyMap<string, unknown>;
  /** Reads a time in the format's own form; throws `bad-header`. */
  readonly readTime: (value: unknown, name: string) => number;
}

export const HEADER = {
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  plugin: 'io.cncf.notary.verificationPlugin',
  pluginMinVersion: 'io.cncf.notary.verificationPluginMinVersion',
} as const;

export const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';

const REGISTERED = ['alg', 'crit', 'cty'];
const KNOWN: ReadonlySet<string> = new Set(Object.values(HEADER));
const FOLDED = new Map([...KNOWN, ...REGISTERED].map((name) => [name.toLowerCase(), name]));
const MOST_HEADERS = 64;

/** Holds a protected header to the specification: which headers must be there, which must be critical, and nothing critical that is unknown. */
export function readSignedAttributes(raw: RawHeader): SignedAttributes {
  const { values } = raw;
  if (values.size > MOST_HEADERS) throw new NotationError('too-large', `more than ${MOST_HEADERS} protected headers`);
  refuseLookAlikes(values);
  if (raw.contentType !== PAYLOAD_TYPE) throw bad('the content type is not that of a Notary Project payload');
  const critical = readCritical(raw);
  const scheme = values.get(HEADER.scheme);
  if (scheme !== 'notary.x509' && scheme !== 'notary.x509.signingAuthority') throw bad('an unknown signing scheme');
  const [timeHeader, wrongHeader] =
    scheme === 'notary.x509'
      ? [HEADER.signingTime, HEADER.authenticSigningTime]
      : [HEADER.authenticSigningTime, HEADER.signingTime];
  if (values.has(wrongHeader)) throw bad(`${wrongHeader} does not belong to ${scheme}`);
  for (const name of [
    HEADER.scheme,
    HEADER.authenticSigningTime,
    HEADER.expiry,
    HEADER.plugin,
    HEADER.pluginMinVersion,
  ]) {
    if (values.has(name) && !critical.has(name)) {
      throw new NotationError('missing-critical-header', `${name} is not marked critical`);
    }
  }
  const signingTime = raw.readTime(values.get(timeHeader), timeHeader);
  const expiry = values.has(HEADER.expiry) ? raw.readTime(values.get(HEADER.expiry), HEADER.expiry) : undefined;
  if (expiry !== undefined && expiry <= signingTime) throw bad('it expires before it was signed');
  const { plugin, attributes } = readPlugin(values.get(HEADER.plugin), values.get(HEADER.pluginMinVersion), values);
  const extended = new Map<string, unknown>();
  for (const name of critical) {
    if (KNOWN.has(name)) continue;
    if (!attributes.has(name)) {
      throw new NotationError('unknown-critical-header', `the critical header ${name.slice(0, 100)} is unknown`);
    }
    extended.set(name, values.get(name));
  }
  return { algorithm: raw.algorithm, scheme, signingTime, expiry, plugin, extended };
}

function readCritical({ critical, values }: RawHeader): ReadonlySet<string> {
  if (!Array.isArray(critical)) {
    throw new NotationError('missing-critical-header', 'the list of critical headers is missing');
  }
  const names = new Set<string>();
  for (const name of critical) {
    if (typeof name !== 'string') throw bad('a critical header that is not named by text');
    if (names.has(name)) throw bad(`the critical header ${name.slice(0, 100)} is listed twice`);
    if (!values.has(name)) {
      throw new NotationError('missing-critical-header', `the critical header ${name.slice(0, 100)} is not there`);
    }
    names.add(name);
  }
  return names;
}

/** Some JSON readers ignore the case of names: a header that differs from a known one in case alone would mean something to them. */
function refuseLookAlikes(values: ReadonlyMap<string, unknown>): void {
  for (const name of values.keys()) {
    const known = FOLDED.get(name.toLowerCase());
    if (known !== undefined && known !== name) throw bad(`the header ${name.slice(0, 100)} looks like ${known}`);
  }
}

function bad(message: string): NotationError {
  return new NotationError('bad-header', message);
}
