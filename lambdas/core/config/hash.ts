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

/** JSON with the keys of every object in order of their UTF-16 units, as RFC 8785 has it. */
function canonicalize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalize(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalize(member)}`).join(',')}}`;
}
