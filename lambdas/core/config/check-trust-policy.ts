import { RE2JS } from '@bufbuild/re2';
import { messageOf } from '../errors.ts';
import { compileCondition } from '../trust/condition/condition.ts';
import type { TrustPolicy } from '../trust/policy.ts';
import { listLeaves, partsOf, type Requirement } from '../trust/requirement.ts';
import type { ConfigProblem } from './config-problem.ts';
import { findNearest } from './find-nearest.ts';

/** How deep `all`, `any` and `atLeast` may nest. */
const DEEPEST = 8;

type Path = ConfigProblem['path'];

/**
 * What a trust policy's form does not show: names that nothing defines, requirements that cannot be met or read, policies that can never decide.
 * All problems are found, not only the first.
 */
export function checkTrustPolicy(policy: TrustPolicy): readonly ConfigProblem[] {
  return [
    ...checkSigners(policy),
    ...checkRequirements(policy),
    ...checkBaselines(policy),
    ...checkNames(policy),
    ...checkReach(policy),
  ];
}

function* checkSigners({ signers, roots }: TrustPolicy): Generator<ConfigProblem> {
  for (const [name, signer] of Object.entries(signers)) {
    if ('notation' in signer) continue;
    const at: Path = 'keyless' in signer ? ['signers', name, 'keyless'] : ['signers', name];
    const { root } = 'keyless' in signer ? signer.keyless : signer;
    if (root !== undefined) yield* checkName(root, 'trusted root', Object.keys(roots), [...at, 'root']);
    const expression = 'keyless' in signer ? signer.keyless.identityRegex : undefined;
    if (expression !== undefined) yield* checkExpression(expression, [...at, 'identityRegex']);
  }
}

function* checkName(name: string, kind: string, known: readonly string[], path: Path): Generator<ConfigProblem> {
  if (known.includes(name)) return;
  const nearest = findNearest(name, known);
  yield {
    path,
    message: `no ${kind} has the name ${name}`,
    accepted: known.length === 0 ? `a ${kind} of this document; it has none` : known.slice(0, 20).join(', '),
    ...(nearest !== undefined && { nearest }),
  };
}

function* checkExpression(expression: string, path: Path): Generator<ConfigProblem> {
  try {
    RE2JS.compile(`\\A(?:${expression})\\z`);
  } catch (error) {
    yield { path, message: `not an RE2 expression: ${messageOf(error)}`, accepted: 'RE2 syntax, without look-around' };
  }
}

function* checkRequirements({ images, signers }: TrustPolicy): Generator<ConfigProblem> {
  const known = Object.keys(signers);
  for (const [index, { require, exceptions }] of images.entries()) {
    if (exceptions !== undefined) {
      yield* checkName(exceptions.approvedBy, 'signer', known, ['images', index, 'exceptions', 'approvedBy']);
    }
    yield* checkRequirement(require, known, ['images', index, 'require'], 1);
  }
}

function* checkBaselines({ baselines = [], signers }: TrustPolicy): Generator<ConfigProblem> {
  // The Notary Project signs descriptors of what is in a registry, never statements.
  const known = Object.entries(signers).flatMap(([name, signer]) => ('notation' in signer ? [] : [name]));
  for (const [index, { name, require, approvals }] of baselines.entries()) {
    const at: Path = ['baselines', index];
    yield* checkSignersOnly(require, known, [...at, 'require']);
    if (approvals !== undefined) yield* checkSignersOnly(approvals.require, known, [...at, 'approvals', 'require']);
    const first = baselines.findIndex((other) => other.name === name);
    if (first < index) yield describeRepeatedName(name, `baselines[${first}]`, [...at, 'name']);
  }
}

function* checkSignersOnly(requirement: Requirement, known: readonly string[], path: Path): Generator<ConfigProblem> {
  yield* checkRequirement(requirement, known, path, 1);
  if (listLeaves(requirement).some((leaf) => 'attestedBy' in leaf)) {
    yield { path, message: 'a baseline and its approval are signed, not attested', accepted: 'signedBy' };
  }
}

function* checkRequirement(
  requirement: Requirement,
  known: readonly string[],
  path: Path,
  depth: number,
): Generator<ConfigProblem> {
  if (depth > DEEPEST) {
    yield { path, message: `nested deeper than ${DEEPEST}`, accepted: `at most ${DEEPEST} levels` };
    return;
  }
  if ('signedBy' in requirement) return yield* checkName(requirement.signedBy, 'signer', known, [...path, 'signedBy']);
  if ('attestedBy' in requirement) {
    yield* checkName(requirement.attestedBy, 'signer', known, [...path, 'attestedBy']);
    if (requirement.condition !== undefined) yield* checkCondition(requirement.condition, [...path, 'condition']);
    return;
  }
  if ('atLeast' in requirement && requirement.atLeast > requirement.of.length) {
    yield {
      path: [...path, 'atLeast'],
      message: `asks for ${requirement.atLeast} of ${requirement.of.length}`,
      accepted: `1 to ${requirement.of.length}`,
    };
  }
  const { key, parts } = partsOf(requirement);
  for (const [index, part] of parts.entries()) yield* checkRequirement(part, known, [...path, key, index], depth + 1);
}

function* checkCondition(expression: string, path: Path): Generator<ConfigProblem> {
  try {
    compileCondition(expression);
  } catch (error) {
    yield {
      path,
      message: `not a condition: ${messageOf(error)}`,
      accepted: 'a CEL expression over predicate and predicateType that is true or false',
    };
  }
}

function* checkNames({ images }: TrustPolicy): Generator<ConfigProblem> {
  for (const [index, { name }] of images.entries()) {
    const first = images.findIndex((other) => other.name === name);
    if (first < index) yield describeRepeatedName(name, `images[${first}]`, ['images', index, 'name']);
  }
}

function describeRepeatedName(name: string, owner: string, path: Path): ConfigProblem {
  return { path, message: `${owner} already has the name ${name}`, accepted: 'a name of its own' };
}

function* checkReach({ images }: TrustPolicy): Generator<ConfigProblem> {
  const earlier: string[] = [];
  for (const [index, { repositories }] of images.entries()) {
    if (repositories.every((pattern) => earlier.some((other) => coversPattern(other, pattern)))) {
      yield {
        path: ['images', index, 'repositories'],
        message: 'earlier policies decide for every repository this one names, so it never decides',
        accepted: 'put it before them, or remove it',
      };
    }
    earlier.push(...repositories);
  }
}

/** Whether everything that `pattern` fits is certain to fit `general` too. May say no where the answer is yes, never the other way round. */
export function coversPattern(general: string, pattern: string): boolean {
  const parts = tokenize(pattern);
  let reachable = new Set([0]);
  for (const token of tokenize(general)) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (token === '*' || token === '**') {
        for (let end = at; end <= parts.length; end += 1) {
          next.add(end);
          if (token === '*' && (parts[end] === '/' || parts[end] === '**')) break;
        }
      } else if (parts[at] === token) {
        next.add(at + 1);
      }
    }
    reachable = next;
  }
  return reachable.has(parts.length);
}

function tokenize(pattern: string): readonly string[] {
  return pattern.match(/\*\*|\*|[^*]/g) ?? [];
}
