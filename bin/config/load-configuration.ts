import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import {
  compileConfiguration,
  compileTrust,
  type ReadFile,
  type TrustCompilation,
} from '../../lambdas/core/config/compile.ts';
import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import { type Config, configSchema } from '../../lambdas/core/config/schema.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import type { CompiledTrust } from '../../lambdas/core/trust/compiled-trust.ts';
import { type TrustPolicy, trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { explainIssues, placeProblems } from './explain-issues.ts';
import type { Problem } from './problem.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';

/** Largest file that a configuration may consist of; a trusted root has some 10 kB. */
const LARGEST = 4 * 1024 * 1024;

export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly compiled: CompiledConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Loads `countersign.config.yaml`, the trust policy it names and the roots and keys that names: everything is checked and compiled, or all problems are told.
 * Paths inside a file are relative to it. Never throws for what files hold.
 */
export function loadConfiguration(path: string): Loaded {
  const main = loadYaml(path, configSchema);
  if (!main.ok) return main;
  const config = main.value;
  const policyPath = join(dirname(path), config.images.trustPolicy);
  const policy = loadYaml(policyPath, trustPolicySchema);
  if (!policy.ok) return policy;
  const compilation = compileConfiguration(config, policy.value, readerBeside(policyPath));
  if (!compilation.ok) return { ok: false, problems: placeProblems(compilation.problems, policy.yaml) };
  return { ok: true, config, compiled: compilation.compiled };
}

export type ReadPolicy =
  | { readonly ok: true; readonly policy: TrustPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a trust policy without the files that it names. */
export function readTrustPolicy(path: string): ReadPolicy {
  const read = loadYaml(path, trustPolicySchema);
  return read.ok ? { ok: true, policy: read.value } : read;
}

export type LoadedTrust =
  | { readonly ok: true; readonly trust: CompiledTrust }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Loads a trust policy alone. `trustedRoot` takes the place of the file of every root the policy names. */
export function loadTrustPolicy(path: string, trustedRoot?: string): LoadedTrust {
  const policy = loadYaml(path, trustPolicySchema);
  if (!policy.ok) return policy;
  const beside = readerBeside(path);
  const rootFiles = new Set(Object.values(policy.value.roots).map(({ file }) => file));
  const readFile: ReadFile = (file) =>
    trustedRoot !== undefined && rootFiles.has(file) ? readBounded(trustedRoot) : beside(file);
  const compilation: TrustCompilation = compileTrust(policy.value, readFile);
  return compilation.ok ? compilation : { ok: false, problems: placeProblems(compilation.problems, policy.yaml) };
}

export type LoadedYaml<T> =
  | { readonly ok: true; readonly value: T; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a YAML file by a schema: its value and its places, or everything that is wrong with it. */
export function loadYaml<S extends z.ZodType>(path: string, schema: S): LoadedYaml<z.output<S>> {
  let text: string;
  try {
    text = readBounded(path);
  } catch (error) {
    return { ok: false, problems: [{ file: path, path: '', message: messageOf(error) }] };
  }
  const read = readYaml(text, path);
  if (!read.ok) return read;
  const parsed = schema.safeParse(read.yaml.value);
  return parsed.success
    ? { ok: true, value: parsed.data, yaml: read.yaml }
    : { ok: false, problems: explainIssues(parsed.error.issues, schema, read.yaml) };
}

function readerBeside(path: string): ReadFile {
  return (file) => readBounded(resolve(dirname(path), file));
}

/** Reads a regular file of bounded size. Throws with a message for people. */
export function readBounded(path: string): string {
  return readBoundedBytes(path).toString('utf8');
}

/** As `readBounded`, the bytes. */
export function readBoundedBytes(path: string, largest = LARGEST): Buffer {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`there is no file ${path}`);
  if (!stats.isFile()) throw new Error(`${path} is not a file`);
  if (stats.size > largest) throw new Error(`${path} is larger than ${largest} bytes`);
  return readFileSync(path);
}
