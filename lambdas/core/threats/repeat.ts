import type { Threat } from './threat.ts';

/** The newest version of a finding that was worked off. */
export interface KnownThreat {
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly count: number;
  /** Who would be contained for it: their ARN as `nameTarget` writes it, and their unique id. */
  readonly target?: { readonly name: string; readonly uniqueId: string } | undefined;
}

/** What tells a finding from every other one: the same for its repeats and for the copies that an administrator gets. */
export function nameThreat({ account, region, id }: Threat): string {
  return `${account}/${region}/${id}`;
}

/** Whether this version of a finding, or a newer one, was worked off before. */
export function isRepeat({ updatedAt, count }: Threat, known: KnownThreat | undefined): boolean {
  if (known === undefined || updatedAt > known.updatedAt) return false;
  return updatedAt < known.updatedAt || count <= known.count;
}
