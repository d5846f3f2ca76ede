import type { SignerFacts } from '../../signature/outcome.ts';
import type { ProvenanceDemand } from './demand.ts';
import { normalizeSource, type Provenance } from './provenance.ts';
import { isInRange, parseVersion, parseVersionRange } from './version-range.ts';

/** Where provenance is not what a policy demands: in words, or undefined where all holds. */
export function findProvenanceMismatch(
  provenance: Provenance,
  demand: ProvenanceDemand,
  signer: SignerFacts,
): string | undefined {
  return (
    findLie(provenance, signer) ??
    findBuilderMismatch(provenance, demand) ??
    findTextMismatch('build type', provenance.buildType, demand.buildType) ??
    findSourceMismatch(provenance, demand) ??
    findRefMismatch(provenance, demand) ??
    findTextMismatch('trigger', provenance.trigger, demand.trigger) ??
    findInputMismatch(provenance, demand) ??
    demand.also?.(provenance, signer)
  );
}

/** The certificate of a CI system names the repository it worked for. Provenance that such an identity signed for another repository is made up. */
function findLie({ source, ref }: Provenance, signer: SignerFacts): string | undefined {
  if (signer.kind !== 'certificate') return undefined;
  const { sourceRepositoryUri, sourceRepositoryRef } = signer.claims;
  if (source !== undefined && sourceRepositoryUri !== undefined && source !== normalizeSource(sourceRepositoryUri)) {
    return `it names the source ${source}, and was signed in a build of ${sourceRepositoryUri}`;
  }
  if (ref !== undefined && sourceRepositoryRef !== undefined && source !== undefined && ref !== sourceRepositoryRef) {
    return `it names the ref ${ref}, and was signed in a build of ${sourceRepositoryRef}`;
  }
  return undefined;
}

function findBuilderMismatch({ builderId }: Provenance, { builder, builderVersion }: ProvenanceDemand) {
  if (builderVersion === undefined) return findTextMismatch('builder', builderId, builder);
  const [, id, tag = ''] = /^([^@]*)@refs\/tags\/([^@]*)$/.exec(builderId) ?? [];
  const version = parseVersion(tag);
  const range = parseVersionRange(builderVersion);
  if (id === undefined || version === undefined) return `the builder ${builderId} has no released version`;
  if (id !== builder) return `the builder is ${id}, the policy wants ${builder}`;
  return range !== undefined && isInRange(version, range)
    ? undefined
    : `the builder has version ${tag}, the policy wants ${builderVersion}`;
}

function findSourceMismatch({ source }: Provenance, demand: ProvenanceDemand): string | undefined {
  return demand.source === undefined ? undefined : findTextMismatch('source', source, normalizeSource(demand.source));
}

function findRefMismatch({ ref }: Provenance, demand: ProvenanceDemand): string | undefined {
  const { branch, tag, versionedTag } = demand;
  if (demand.ref !== undefined) return findTextMismatch('ref', ref, demand.ref);
  if (branch !== undefined) return findTextMismatch('ref', ref, `refs/heads/${branch}`);
  if (tag !== undefined) return findTextMismatch('ref', ref, `refs/tags/${tag}`);
  if (versionedTag === undefined) return undefined;
  return ref !== undefined && isVersionOf(ref, versionedTag)
    ? undefined
    : `the ref is ${ref ?? 'not named'}, the policy wants a tag of version ${versionedTag}`;
}

/** `v1.2` is met by the tags `v1.2` and `v1.2.7`, and not by `v1.20.0`, `1.2.0` or a pre-release (slsa-verifier, --source-versioned-tag). */
function isVersionOf(ref: string, wanted: string): boolean {
  const tag = /^refs\/tags\/(v?\d{1,9}(?:\.\d{1,9}){0,2})$/.exec(ref)?.[1];
  if (tag === undefined || tag.startsWith('v') !== wanted.startsWith('v')) return false;
  const parts = tag.split('.');
  return wanted.split('.').every((part, index) => parts[index] === part);
}

function findInputMismatch({ inputs }: Provenance, demand: ProvenanceDemand): string | undefined {
  for (const [name, wanted] of Object.entries(demand.inputs ?? {})) {
    const actual = inputs !== undefined && Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (actual !== wanted)
      return `the input ${name} is ${JSON.stringify(actual) ?? 'not named'}, the policy wants ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

function findTextMismatch(what: string, actual: string | undefined, wanted: string | undefined): string | undefined {
  if (wanted === undefined || actual === wanted) return undefined;
  return `the ${what} is ${actual ?? 'not named'}, the policy wants ${wanted}`;
}
