import type { FulcioClaims, SubjectName } from '../../lambdas/core/signature/outcome.ts';
import {
  type Authority,
  CODE_SIGNING,
  distinguishedName,
  encodeTbsCertificate,
  extension,
  extensions,
  type KeyPair,
  newSerial,
  signCertificate,
} from './certificates.ts';
import type { CtLog } from './ct-log.ts';
import * as der from './der.ts';
import type { Flaws } from './flaws.ts';

/** Whom a certificate is for: what the OIDC token of a person or of a CI job would have said. */
export interface Identity {
  readonly subject: SubjectName;
  /** OIDC issuer. */
  readonly issuer: string;
  readonly claims?: Omit<FulcioClaims, 'issuer'>;
}

/** Extension numbers under 1.3.6.1.4.1.57264.1 (fulcio docs/oid-info.md). */
const CLAIM_NUMBERS: Readonly<Record<keyof Omit<FulcioClaims, 'issuer'>, number>> = {
  buildSignerUri: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryId: 15,
  sourceRepositoryOwnerUri: 16,
  sourceRepositoryOwnerId: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationUri: 21,
  sourceRepositoryVisibility: 22,
  deploymentEnvironment: 23,
  tokenSubject: 24,
};

const FULCIO = '1.3.6.1.4.1.57264.1';
const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';
const LIFETIME = 10 * 60_000;

/** Issues the certificate that Fulcio would: ten minutes from `now`, the identity as its only name, the SCT of `ctLog` inside. */
export function issueCertificate(
  authority: Authority,
  ctLog: CtLog,
  identity: Identity,
  keys: KeyPair,
  now: number,
  flaws: Flaws,
): Buffer {
  const serial = newSerial();
  const tbs = (more: readonly Buffer[]) =>
    encodeTbsCertificate(
      {
        serial,
        subject: distinguishedName(),
        issuer: authority.name,
        notBefore: now,
        notAfter: now + LIFETIME,
        extensions: [...describeIdentity(identity, keys, authority, flaws), ...more],
      },
      keys.spki,
      authority.keys,
    );
  if (flaws.missingSct) return signCertificate(tbs([]), authority.keys);
  const stamped = flaws.sctOfOtherCertificate ? Buffer.concat([tbs([]), Buffer.from('x')]) : tbs([]);
  const list = ctLog.timestampCertificate(stamped, authority.keys.spki, now);
  return signCertificate(tbs([extension(SCT_LIST, der.octetString(list))]), authority.keys);
}

function describeIdentity(identity: Identity, keys: KeyPair, authority: Authority, flaws: Flaws): Buffer[] {
  return [
    extensions.digitalSignature(),
    ...(flaws.missingEku ? [] : [extensions.extendedKeyUsage(flaws.wrongEku ? '1.3.6.1.5.5.7.3.1' : CODE_SIGNING)]),
    ...(flaws.leafIsAuthority ? [extensions.basicConstraints()] : []),
    extensions.subjectKeyId(keys.spki),
    extensions.authorityKeyId(authority.keys.spki),
    extension('2.5.29.17', der.sequence(encodeName(identity.subject)), true),
    extension(`${FULCIO}.1`, Buffer.from(identity.issuer)),
    extension(`${FULCIO}.8`, der.utf8String(identity.issuer)),
    ...Object.entries(CLAIM_NUMBERS).flatMap(([claim, number]) => {
      const value = Object.entries(identity.claims ?? {}).find(([name]) => name === claim)?.[1];
      return value === undefined ? [] : [extension(`${FULCIO}.${number}`, der.utf8String(value))];
    }),
    ...(flaws.unknownCriticalExtension
      ? [extension('1.3.6.1.4.1.99999.1', der.utf8String('must be understood'), true)]
      : []),
  ];
}

/** GeneralName (RFC 5280 section 4.2.1.6). Fulcio writes user names as otherName 1.3.6.1.4.1.57264.1.7. */
function encodeName(name: SubjectName): Buffer {
  switch (name.type) {
    case 'email':
      return der.taggedPrimitive(1, Buffer.from(name.value));
    case 'dns':
      return der.taggedPrimitive(2, Buffer.from(name.value));
    case 'uri':
      return der.taggedPrimitive(6, Buffer.from(name.value));
    case 'other':
      return der.tagged(0, der.objectIdentifier(`${FULCIO}.7`), der.tagged(0, der.utf8String(name.value)));
  }
}

/** The identity of a GitHub Actions workflow, with the claims that its token brings. */
export function githubWorkflow(repository: string, workflow = 'release.yml', ref = 'refs/heads/main'): Identity {
  const [owner = repository] = repository.split('/');
  const source = `https://github.com/${repository}`;
  const commit = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  const signer = `${source}/.github/workflows/${workflow}@${ref}`;
  return {
    subject: { type: 'uri', value: signer },
    issuer: 'https://token.actions.githubusercontent.com',
    claims: {
      buildSignerUri: signer,
      buildSignerDigest: commit,
      runnerEnvironment: 'github-hosted',
      sourceRepositoryUri: source,
      sourceRepositoryDigest: commit,
      sourceRepositoryRef: ref,
      sourceRepositoryId: '101',
      sourceRepositoryOwnerUri: `https://github.com/${owner}`,
      sourceRepositoryOwnerId: '100',
      buildConfigUri: signer,
      buildConfigDigest: commit,
      buildTrigger: 'push',
      runInvocationUri: `${source}/actions/runs/42/attempts/1`,
      sourceRepositoryVisibility: 'private',
      deploymentEnvironment: 'production',
      tokenSubject: `repo:${repository}:ref:${ref}`,
    },
  };
}
