import * as z from 'zod';
import { type Provenance, splitSource } from './provenance.ts';

const text = z.string().max(4096);
const object = z.record(z.string(), z.unknown());
const located = z.object({ uri: text.optional() });

/** SLSA v0.2 (slsa.dev/spec/v0.2/provenance): slsa-github-generator, npm, Tekton Chains and Cloud Build before 2024. */
const v02 = z.object({
  builder: z.object({ id: text }),
  buildType: text,
  invocation: z
    .object({
      configSource: located.optional(),
      parameters: object.optional(),
      environment: object.optional(),
    })
    .optional(),
  materials: z.array(located).max(10_000).nullish(),
});

/** SLSA v1 (slsa.dev/spec/v1.0/provenance). */
const v1 = z.object({
  buildDefinition: z.object({
    buildType: text,
    externalParameters: object,
    internalParameters: object.optional(),
    resolvedDependencies: z.array(located).max(10_000).nullish(),
  }),
  runDetails: z.object({ builder: z.object({ id: text }) }),
});

/** Reads a predicate of one of PROVENANCE_TYPES; undefined where its shape is not that of its type. */
export function readProvenance(predicateType: string, predicate: unknown): Provenance | undefined {
  if (predicateType === 'https://slsa.dev/provenance/v0.2') {
    const parsed = v02.safeParse(predicate);
    return parsed.success ? readV02(parsed.data) : undefined;
  }
  if (predicateType === 'https://slsa.dev/provenance/v1') {
    const parsed = v1.safeParse(predicate);
    return parsed.success ? readV1(parsed.data) : undefined;
  }
  return undefined;
}

function readV02({ builder, buildType, invocation, materials }: z.infer<typeof v02>): Provenance {
  const { configSource, parameters = {}, environment = {} } = invocation ?? {};
  const listed = (materials ?? []).map(({ uri }) => uri);
  const located = configSource?.uri === undefined ? onlySource(listed) : agreeingSource(configSource.uri, listed);
  return describe(builder.id, buildType, {
    ...located,
    baseRef: findBaseRef(environment),
    trigger: textOf(environment.github_event_name) ?? textOf(environment.GITHUB_EVENT_NAME),
    inputs:
      objectOf(parameters.event_inputs) ??
      objectOf(objectOf(environment.github_event_payload)?.inputs) ??
      objectOf(objectOf(environment.GITHUB_EVENT_PAYLOAD)?.inputs),
  });
}

function readV1({ buildDefinition, runDetails }: z.infer<typeof v1>): Provenance {
  const { buildType, externalParameters: external, internalParameters: internal = {} } = buildDefinition;
  const listed = (buildDefinition.resolvedDependencies ?? []).map(({ uri }) => uri);
  const github = objectOf(internal.github) ?? {};
  return describe(runDetails.builder.id, buildType, {
    ...findSource(external, listed),
    baseRef: findBaseRef(internal),
    trigger: textOf(github.event_name) ?? textOf(internal.GITHUB_EVENT_NAME) ?? textOf(external.trigger),
    inputs:
      objectOf(external.inputs) ??
      objectOf(external.substitutions) ??
      objectOf(objectOf(internal.GITHUB_EVENT_PAYLOAD)?.inputs),
  });
}

/** Where the builders put the source: GitHub's workflow, slsa-github-generator's source, Cloud Build's buildConfigSource, else the one repository among the dependencies. */
function findSource(external: Record<string, unknown>, listed: readonly (string | undefined)[]): Located {
  const workflow = objectOf(external.workflow) ?? objectOf(external.buildConfigSource);
  if (workflow !== undefined) {
    const repository = textOf(workflow.repository);
    const ref = textOf(workflow.ref);
    if (repository === undefined) return {};
    return agreeingSource(ref === undefined ? repository : `${repository}@${ref}`, listed);
  }
  const source = textOf(external.source) ?? textOf(objectOf(external.source)?.uri);
  return source === undefined ? onlySource(listed) : agreeingSource(source, listed);
}

/** The branch of a tag: the context's own, else that of the pushed ref or of the release (slsa-verifier, slsaprovenance/common, getBranchForTag). */
function findBaseRef(context: Record<string, unknown>): string | undefined {
  const value = (name: string) => context[name] ?? context[name.toUpperCase()];
  const own = textOf(value('github_base_ref'));
  if (own !== undefined) return own;
  const payload = objectOf(value('github_event_payload')) ?? {};
  switch (value('github_event_name')) {
    case 'push':
      return textOf(payload.base_ref);
    case 'release': {
      const branch = textOf(objectOf(payload.release)?.target_commitish);
      return branch === undefined ? undefined : `refs/heads/${branch}`;
    }
    default:
      return undefined;
  }
}

interface Located {
  readonly source?: string;
  readonly ref?: string;
}

/**
 * A source counts only where the list of what was fetched, if there is one, has it too: a builder that writes down one repository and fetched another has been
 * lied to (slsa-verifier compares the two likewise).
 */
function agreeingSource(uri: string, listed: readonly (string | undefined)[]): Located {
  const named = splitSource(uri);
  if (named === undefined) return {};
  const fetched = listed.flatMap((one) => (one === undefined ? [] : (splitSource(one) ?? [])));
  if (fetched.length === 0) return named;
  return fetched.some(({ source, ref }) => source === named.source && (ref ?? named.ref) === named.ref) ? named : {};
}

/** The one repository of a list; with several it would be a guess which was built. */
function onlySource(listed: readonly (string | undefined)[]): Located {
  const git = listed.flatMap((one) => (one?.startsWith('git+') ? (splitSource(one) ?? []) : []));
  const [first] = git;
  return first !== undefined && git.every(({ source, ref }) => source === first.source && ref === first.ref)
    ? first
    : {};
}

function describe(
  builderId: string,
  buildType: string,
  rest: { readonly [Key in 'source' | 'ref' | 'baseRef' | 'trigger' | 'inputs']?: Provenance[Key] | undefined },
): Provenance {
  const { source, ref, baseRef, trigger, inputs } = rest;
  return {
    builderId,
    buildType,
    ...(source !== undefined && { source }),
    ...(ref !== undefined && { ref }),
    ...(baseRef !== undefined && { baseRef }),
    ...(trigger !== undefined && { trigger }),
    ...(inputs !== undefined && { inputs }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 4096 ? value : undefined;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  const parsed = object.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
