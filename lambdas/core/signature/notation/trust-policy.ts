import * as z from 'zod';
import { NotationError } from './errors.ts';
import { parseJsonText } from './json-text.ts';
import { parseIdentities, type TrustedIdentity } from './trusted-identity.ts';
import { type Enforcement, type LevelName, resolveLevel } from './verification-level.ts';

export type StoreType = 'ca' | 'signingAuthority' | 'tsa';

/** A named store that a policy refers to. */
export interface StoreReference {
  readonly type: StoreType;
  readonly name: string;
}

/** What is demanded of signatures of some repositories. */
export interface VerifyStatement {
  readonly kind: 'verify';
  readonly name: string;
  readonly scopes: readonly string[];
  readonly level: LevelName;
  readonly enforcement: Enforcement;
  /** When a time stamp is looked at where a `tsa` store is named: always, or once a certificate has expired. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  readonly stores: readonly StoreReference[];
  readonly identities: readonly TrustedIdentity[];
}

/** A statement about some repositories: verify in this way, or do not verify at all. */
export type PolicyStatement =
  | VerifyStatement
  | { readonly kind: 'skip'; readonly name: string; readonly scopes: readonly string[] };

/** A trust policy document, `trustpolicy.json` of version 1.0. */
export interface NotationTrustPolicy {
  readonly statements: readonly PolicyStatement[];
}

const LARGEST = 1024 * 1024;
const MOST = 500;
const enforceOrLog = z.enum(['enforce', 'log']);
const statementShape = z.strictObject({
  name: z.string().min(1).max(200),
  registryScopes: z.array(z.string().max(512)).min(1).max(MOST),
  signatureVerification: z.strictObject({
    level: z.enum(['strict', 'permissive', 'audit', 'skip']),
    override: z
      .strictObject({
        authenticity: enforceOrLog.optional(),
        authenticTimestamp: enforceOrLog.optional(),
        expiry: enforceOrLog.optional(),
        revocation: z.enum(['enforce', 'log', 'skip']).optional(),
      })
      .optional(),
    verifyTimestamp: z.enum(['always', 'afterCertExpiry', '']).optional(),
  }),
  trustStores: z.array(z.string().max(200)).max(100).optional(),
  trustedIdentities: z.array(z.string().max(4096)).optional(),
});
const documentShape = z.strictObject({
  version: z.literal('1.0'),
  trustPolicies: z.array(statementShape).min(1).max(MOST),
});

/** Parses and validates a trust policy document (trust-store-trust-policy.md, Trust Policy). Unknown properties are refused: a misspelt one must not relax anything. Throws `bad-trust-policy`. */
export function parseTrustPolicy(bytes: Uint8Array): NotationTrustPolicy {
  const document = parseJsonText(bytes, documentShape, 'the trust policy', LARGEST, 'bad-trust-policy');
  const statements = document.trustPolicies.map(readStatement);
  refuseRepeated(
    statements.map(({ name }) => name),
    'name',
  );
  refuseRepeated(
    statements.flatMap(({ scopes }) => scopes),
    'registry scope',
  );
  return { statements };
}

function readStatement(statement: z.infer<typeof statementShape>): PolicyStatement {
  const { name, registryScopes: scopes, signatureVerification, trustStores = [], trustedIdentities = [] } = statement;
  const { level, override, verifyTimestamp } = signatureVerification;
  for (const scope of scopes) {
    if (scope === '*' ? scopes.length > 1 : !isRepository(scope))
      throw bad(name, `the scope ${quote(scope)} cannot be`);
  }
  if (level === 'skip') {
    if (override !== undefined) throw bad(name, 'the level skip cannot be changed');
    if (scopes.includes('*')) throw bad(name, 'the level skip cannot be for all repositories');
    if (trustStores.length + trustedIdentities.length > 0) throw bad(name, 'the level skip with stores or identities');
    return { kind: 'skip', name, scopes };
  }
  const stores = trustStores.map((store) => parseStoreReference(store, name));
  if (!stores.some(({ type }) => type !== 'tsa')) throw bad(name, 'no trust store to verify signatures with');
  return {
    kind: 'verify',
    name,
    scopes,
    level,
    enforcement: resolveLevel(level, override),
    verifyTimestamp: verifyTimestamp === 'afterCertExpiry' ? 'afterCertExpiry' : 'always',
    stores,
    identities: parseIdentities(trustedIdentities),
  };
}

/** A strict statement made of stores (`ca:acme`) and identities alone, for those who keep their trust elsewhere than in a trustpolicy.json. Throws `bad-trust-policy`. */
export function createStrictStatement(
  name: string,
  trustStores: readonly string[],
  trustedIdentities: readonly string[],
): VerifyStatement {
  const statement = readStatement({
    name,
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: [...trustStores],
    trustedIdentities: [...trustedIdentities],
  });
  if (statement.kind === 'skip') throw bad(name, 'it verifies nothing');
  return statement;
}

function parseStoreReference(text: string, statement: string): StoreReference {
  const [, type, name] = /^(ca|signingAuthority|tsa):([a-zA-Z0-9_.-]+)$/.exec(text) ?? [];
  if ((type !== 'ca' && type !== 'signingAuthority' && type !== 'tsa') || name === undefined || /^\.+$/.test(name)) {
    throw bad(statement, `${quote(text)} is not a trust store`);
  }
  return { type, name };
}

function refuseRepeated(texts: readonly string[], what: string): void {
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated !== undefined) {
    throw new NotationError('bad-trust-policy', `the trust policy has the ${what} ${quote(repeated)} twice`);
  }
}

const HOST =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*(?::\d{1,5})?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/** Whether a text is a repository with its registry, `registry/name` without tag or digest (distribution-spec; nothing is expanded). */
export function isRepository(text: string): boolean {
  const [host = '', ...path] = text.split('/');
  return (
    text.length <= 512 && HOST.test(host) && path.length > 0 && path.every((component) => COMPONENT.test(component))
  );
}

/**
 * The statement for a repository: the one that names it, else the global one (trust-store-trust-policy.md, Selecting a trust policy). Letter by letter.
 * Throws `no-applicable-policy`: an artifact without a policy is not trusted.
 */
export function findStatement({ statements }: NotationTrustPolicy, repository: string): PolicyStatement {
  const found = isRepository(repository)
    ? (statements.find(({ scopes }) => scopes.includes(repository)) ??
      statements.find(({ scopes }) => scopes.includes('*')))
    : undefined;
  if (found === undefined) {
    throw new NotationError('no-applicable-policy', `no trust policy is for the repository ${quote(repository)}`);
  }
  return found;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function bad(statement: string, message: string): NotationError {
  return new NotationError('bad-trust-policy', `the trust policy ${quote(statement)}: ${message}`);
}
