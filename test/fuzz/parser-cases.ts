import { readFileSync } from 'node:fs';
import { hashJson } from '../../lambdas/core/config/hash.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { buildImage, buildIndex, INDEX, MANIFEST } from '../../local/sigstore/images.ts';
import { cloudTrailEvent } from '../support/cloudtrail-events.ts';
import { documentOf, statement as notationStatement } from '../support/notation-policy.ts';
import type { FuzzCase } from './target.ts';

const DIGEST = digestOf('an image');
const hex = DIGEST.slice('sha256:'.length);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const of = (target: string, name: string, input: Buffer, context = {}): FuzzCase => ({ target, name, input, context });

/** Valid inputs for the parsers: nothing in them is signed, so they are written down here. `root` is a trusted_root.json. */
export function listParserCases(root: unknown): readonly FuzzCase[] {
  return [...listManifests(), ...listStatements(), ...listPolicies(root), ...listEvents(), ...listMetadata()];
}

function listManifests(): readonly FuzzCase[] {
  const image = buildImage('contents');
  const subject = { mediaType: MANIFEST, digest: image.digest, size: image.manifest.length };
  const layer = { mediaType: 'application/jose+json', digest: DIGEST, size: 7, annotations: { a: 'b' } };
  const referrer = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: 'application/vnd.cncf.notary.signature',
    config: layer,
    layers: [layer],
    subject,
  };
  const artifact = {
    mediaType: 'application/vnd.oci.artifact.manifest.v1+json',
    artifactType: 'x/y',
    blobs: [layer],
    subject,
  };
  return [
    of('manifest', 'image', image.manifest, { mediaType: MANIFEST }),
    of('manifest', 'referrer', json(referrer), { mediaType: MANIFEST }),
    of('manifest', 'index', buildIndex([{ image, architecture: 'arm64' }]).manifest, { mediaType: INDEX }),
    of('manifest', 'artifact', json(artifact), { mediaType: artifact.mediaType }),
  ];
}

function listStatements(): readonly FuzzCase[] {
  const write = (predicateType: string, predicate: unknown) =>
    json({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'acme/app', digest: { sha256: hex } }],
      predicateType,
      predicate,
    });
  const builder = { id: 'https://acme.example/builder' };
  const material = { uri: 'git+https://github.com/acme/app@refs/tags/v1.2.3', digest: { sha1: 'ab'.repeat(20) } };
  const v1 = {
    buildDefinition: {
      buildType: 'https://acme.example/build',
      externalParameters: {
        workflow: { repository: 'https://github.com/acme/app', ref: 'refs/tags/v1.2.3', path: 'a.yml' },
        inputs: { a: 1 },
      },
      internalParameters: { github: { event_name: 'push' }, GITHUB_EVENT_PAYLOAD: { base_ref: 'refs/heads/main' } },
      resolvedDependencies: [material],
    },
    runDetails: { builder },
  };
  const v02 = {
    builder,
    buildType: 'https://acme.example/build',
    invocation: {
      configSource: material,
      parameters: { event_inputs: { a: 1 } },
      environment: { github_event_name: 'push' },
    },
    materials: [material],
  };
  const summary = {
    verifier: { id: 'https://acme.example/verifier' },
    resourceUri: 'acme/app',
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
  };
  return [
    of('statement', 'SLSA v1', write('https://slsa.dev/provenance/v1', v1)),
    of('statement', 'SLSA v0.2', write('https://slsa.dev/provenance/v0.2', v02)),
    of('statement', 'summary', write('https://slsa.dev/verification_summary/v1', summary)),
  ];
}

function listPolicies(root: unknown): readonly FuzzCase[] {
  const keyless = {
    root: 'sigstore',
    issuer: 'https://issuer.example',
    identityRegex: '^https://github\\.com/acme/.*$',
    transparencyLog: 'required',
    certificateTimestamp: 'required',
    claims: { sourceRepositoryOwnerId: '7' },
  };
  const policy = {
    version: 1,
    roots: { sigstore: { file: 'root.json', tuf: { mirror: 'https://tuf.example', initialRoot: 'r.json' } } },
    signers: { release: { keyless }, key: { key: { file: 'k.pub' }, transparencyLog: 'not-required' } },
    images: [
      {
        name: 'all',
        repositories: ['acme/**'],
        require: {
          atLeast: 1,
          of: [{ signedBy: 'release' }, { attestedBy: 'key', predicateType: 'x', condition: 'true' }],
        },
      },
    ],
    otherRepositories: 'refuse',
  };
  const iam = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'a',
        Effect: 'Allow',
        Action: ['s3:Get*'],
        Resource: '*',
        Condition: { StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/a'] } },
      },
    ],
  };
  const config = {
    version: 1,
    images: { mode: 'observe', graceSeconds: 600 },
    trust: {
      policy: trustPolicySchema.parse(policy),
      roots: { sigstore: root },
      initialRoots: { sigstore: '{}' },
      keys: { key: 'PEM' },
      stores: {},
    },
  } as const;
  const compiled = { ...config, hash: hashJson(config) };
  return [
    of('trust-root', 'private', json(root)),
    of('trust-policy', 'two signers', json(policy)),
    of('compiled-config', 'compiled', json(compiled)),
    of('notation-policy', 'strict', documentOf(notationStatement)),
    of(
      'notation-policy',
      'override',
      documentOf({
        ...notationStatement,
        signatureVerification: {
          level: 'permissive',
          override: { revocation: 'skip' },
          verifyTimestamp: 'afterCertExpiry',
        },
      }),
    ),
    of('iam-policy', 'one statement', json(iam)),
    of('iam-policy', 'percent-encoded', Buffer.from(encodeURIComponent(JSON.stringify(iam)))),
    of('pem', 'key', readFileSync(new URL('../../trust/demo-release-key.pub', import.meta.url))),
  ];
}

function listEvents(): readonly FuzzCase[] {
  const head = {
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    account: '111122223333',
    time: '2026-11-23T12:00:00Z',
    region: 'eu-west-1',
    resources: [],
  };
  const push = {
    ...head,
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    detail: {
      result: 'SUCCESS',
      'repository-name': 'acme/app',
      'image-digest': DIGEST,
      'action-type': 'PUSH',
      'image-tag': 'v1',
    },
  };
  const action = {
    ...head,
    'detail-type': 'Security Hub Findings - Custom Action',
    source: 'aws.securityhub',
    resources: ['arn:aws:securityhub:eu-west-1:111122223333:action/custom/CountersignApprove'],
    detail: {
      findings: [
        {
          Id: 'a',
          GeneratorId: 'countersign/image-signatures',
          AwsAccountId: '111122223333',
          ProductFields: { a: 'b' },
        },
      ],
    },
  };
  const plan = `plan-${'a'.repeat(32)}`;
  return [
    of('event', 'push', json(push)),
    of('event', 'IAM call', json(cloudTrailEvent())),
    of('event', 'custom action', json(action)),
    of('event', 'plan', json({ version: 1, plan })),
    of(
      'event',
      'command',
      json({ version: 1, request: 'a', plan, action: 'approve', planDigest: DIGEST, irreversible: false }),
    ),
    of(
      'event',
      'recheck',
      json({
        source: 'countersign',
        'detail-type': 'Countersign IAM Recheck',
        detail: { resource: 'arn:aws:iam::111122223333:user/a' },
      }),
    ),
  ];
}

function listMetadata(): readonly FuzzCase[] {
  const signed = (more: object) =>
    json({
      signatures: [{ keyid: 'ab'.repeat(32), sig: 'cd' }],
      signed: { spec_version: '1.0.31', version: 1, expires: '2027-01-01T00:00:00Z', ...more },
    });
  const key = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: 'PEM' } };
  const role = { keyids: ['ab'.repeat(32)], threshold: 1 };
  const file = { length: 3, hashes: { sha256: hex }, version: 1 };
  return [
    of(
      'tuf',
      'root',
      signed({
        _type: 'root',
        consistent_snapshot: true,
        keys: { ['ab'.repeat(32)]: key },
        roles: { root: role, timestamp: role, snapshot: role, targets: role },
      }),
      { role: 'root' },
    ),
    of('tuf', 'timestamp', signed({ _type: 'timestamp', meta: { 'snapshot.json': file } }), { role: 'timestamp' }),
    of('tuf', 'snapshot', signed({ _type: 'snapshot', meta: { 'targets.json': file } }), { role: 'snapshot' }),
    of('tuf', 'targets', signed({ _type: 'targets', targets: { 'trusted_root.json': file } }), { role: 'targets' }),
  ];
}
