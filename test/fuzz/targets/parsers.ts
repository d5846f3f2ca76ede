import { isDeepStrictEqual } from 'node:util';
import { parseCompiledConfig } from '../../../lambdas/core/config/parse-compiled.ts';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { CountersignError } from '../../../lambdas/core/errors.ts';
import { parseOperatorRequest } from '../../../lambdas/core/events/custom-action.ts';
import { parseIamEvent } from '../../../lambdas/core/events/iam-change.ts';
import { parseIamRecheck } from '../../../lambdas/core/events/iam-recheck.ts';
import { parseEvent } from '../../../lambdas/core/events/parse-event.ts';
import { parsePolicy } from '../../../lambdas/core/iam/parse-policy.ts';
import { inferManifestType, type Manifest, parseManifest } from '../../../lambdas/core/images/manifest.ts';
import { readAttachment } from '../../../lambdas/core/images/read-attachment.ts';
import { LIMITS } from '../../../lambdas/core/images/source.ts';
import { parsePlanMessage } from '../../../lambdas/core/ledger/message.ts';
import { readOperatorCommand } from '../../../lambdas/core/ledger/operator-command.ts';
import { decodeCertificatePem } from '../../../lambdas/core/signature/certificate.ts';
import { parsePublicKeyPem } from '../../../lambdas/core/signature/keys.ts';
import { parseTrustPolicy } from '../../../lambdas/core/signature/notation/trust-policy.ts';
import { readTrustStores } from '../../../lambdas/core/signature/notation/trust-store.ts';
import { readStatement } from '../../../lambdas/core/signature/statement.ts';
import { parseTrustRoot } from '../../../lambdas/core/signature/trust-root.ts';
import { compileCondition } from '../../../lambdas/core/trust/condition/condition.ts';
import { trustPolicySchema } from '../../../lambdas/core/trust/policy.ts';
import { findProvenanceMismatch } from '../../../lambdas/core/trust/provenance/match-provenance.ts';
import { readProvenance } from '../../../lambdas/core/trust/provenance/read-provenance.ts';
import { findSummaryMismatch } from '../../../lambdas/core/trust/provenance/summary.ts';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp } from '../../../lambdas/core/trust/tuf/metadata.ts';
import { readLikeGo } from '../go-manifest.ts';
import { mutateBytes } from '../mutate/bytes.ts';
import { mutateJson } from '../mutate/json.ts';
import type { Random } from '../mutate/random.ts';
import { type Context, type Outcome, type Target, textOf } from '../target.ts';

const PARSED: Outcome = { kind: 'parsed' };

/** A parser of JSON: what it returns may be anything of its type, what it throws must be an error of ours. */
function parser(share: number, parse: (input: Buffer, context: Context) => unknown, mutate = mutateJsonAtTop): Target {
  return {
    share,
    mutate,
    open: (context) => (input) => {
      parse(input, context);
      return PARSED;
    },
  };
}

function mutateJsonAtTop(good: Buffer, donor: Buffer, random: Random): Buffer {
  return mutateJson(good, donor, random);
}

export const manifest = parser(6, (input, context) => {
  const mediaType = textOf(context, 'mediaType');
  inferManifestType(input, LIMITS);
  // The first never throws, and the others may only throw what is ours.
  readAttachment({ digest: digestOf(input), mediaType, bytes: input }, LIMITS);
  const { layers, config, subject, manifests } = listDigests(parseManifest({ mediaType, bytes: input }, LIMITS));
  // Whoever runs it reads it in Go: what we accept must be the same manifest there.
  const go = readLikeGo(input);
  const differs = !isDeepStrictEqual({ layers, config, subject, manifests }, go);
  if (differs) throw new TypeError(`Go reads ${JSON.stringify(go)}`);
});

function listDigests(manifest: Manifest) {
  const subject = manifest.subject?.digest;
  const digests = (list: readonly { readonly digest: string }[]) => list.map(({ digest }) => digest);
  return manifest.kind === 'index'
    ? { layers: [], config: undefined, subject, manifests: digests(manifest.manifests) }
    : { layers: digests(manifest.layers), config: manifest.configDigest, subject, manifests: [] };
}

const SIGNER = {
  kind: 'certificate',
  names: [],
  issuer: undefined,
  claims: { sourceRepositoryUri: 'https://github.com/acme/app' },
} as const;
const DEMAND = {
  builder: 'https://acme.example/builder',
  versionedTag: 'v1.2',
  source: 'github.com/acme/app',
  inputs: { a: 1 },
};
const CONDITION = compileCondition(
  'predicate.buildDefinition.externalParameters.size() > 0 && size(string(predicate)) < 100',
);

/** A statement and all that reads its predicate: provenance, summaries, conditions. */
export const statement = parser(6, (input) => {
  const { predicateType, predicate } = readStatement({
    payloadType: 'application/vnd.in-toto+json',
    payload: input,
    encoded: input,
  });
  const provenance = readProvenance(predicateType, predicate);
  if (provenance !== undefined) findProvenanceMismatch(provenance, DEMAND, SIGNER);
  findSummaryMismatch(predicate, { verifier: 'https://acme.example/verifier', levels: ['SLSA_BUILD_LEVEL_3'] });
  CONDITION.evaluate(predicateType, predicate);
});

export const trustRoot = parser(3, (input) => parseTrustRoot(parseOurs(input)));
export const compiledConfig = parser(3, (input) => parseCompiledConfig(input.toString()));
export const trustPolicy = parser(3, (input) => trustPolicySchema.safeParse(parseOurs(input)));
export const notationPolicy = parser(3, (input) => parseTrustPolicy(input));
export const iamPolicy = parser(3, (input) => parsePolicy(input.toString()));

export const pem = parser(
  1,
  (input) => {
    attempt(() => readTrustStores(new Map([['truststore/x509/ca/acme/a.pem', input]])));
    attempt(() => decodeCertificatePem(input.toString()));
    attempt(() => parsePublicKeyPem(input.toString()));
  },
  mutateBytes,
);

/** Lets through what is no error of ours. */
function attempt(read: () => unknown): void {
  try {
    read();
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
  }
}

export const tuf = parser(2, (input, context) => {
  const parse = { root: parseRoot, timestamp: parseTimestamp, snapshot: parseSnapshot, targets: parseTargets }[
    textOf(context, 'role')
  ];
  parse?.(input);
});

/** Whatever lies on a queue: none of these may throw at all. */
export const event: Target = {
  share: 5,
  mutate: mutateJsonAtTop,
  open: () => (input) => {
    const body = input.toString();
    try {
      parseEvent(body);
      parseIamEvent(body);
      parseOperatorRequest(body);
      parseIamRecheck(body);
      parsePlanMessage(body);
      readOperatorCommand(body, 'AIDAEXAMPLE:session');
    } catch (thrown) {
      throw new TypeError('a reader of messages threw', { cause: thrown });
    }
    return PARSED;
  },
};

/** JSON for those that take it parsed; text that is no JSON never gets there. */
function parseOurs(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch (cause) {
    throw new CountersignError('no-json', 'the input is no JSON', { cause });
  }
}
