import { canonicalize } from '../canonical-json.ts';
import { type Digest, digestOf } from '../digest.ts';
import type { CompiledConfig } from './compiled.ts';

/** The digest over the canonical JSON of a compiled configuration without its `hash`: the name under which verdicts remember what decided them. */
export function hashConfig(config: Omit<CompiledConfig, 'hash'>): Digest {
  return hashJson(config);
}

/** The digest over the canonical JSON of a value. What JSON does not know is left out. */
export function hashJson(value: unknown): Digest {
  return digestOf(canonicalize(value));
}
