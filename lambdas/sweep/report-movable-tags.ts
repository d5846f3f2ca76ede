import type { MovableTagsStore } from '../aws/movable-tags-store.ts';
import type { AsffFinding } from '../core/findings/asff.ts';
import { describeTagFinding, type TagState } from '../core/findings/repository-finding.ts';
import { hasMovableTags, type TagSettings } from '../core/images/tag-mutability.ts';

export interface MovableTagsReport {
  readonly where: { readonly account: string; readonly region: string };
  /** All repositories that the trust policy covers. */
  readonly repositories: readonly TagSettings[];
  readonly store: MovableTagsStore;
  readonly send: (finding: AsffFinding) => Promise<void>;
  readonly now: number;
}

/**
 * Tells of repositories whose tags can be moved, once when it is seen, and once when it is over. What was told is noted after it was sent: a crash between the two
 * tells it again, and Security Hub takes the same finding as what it is.
 */
export async function reportMovableTags({ where, repositories, store, send, now }: MovableTagsReport): Promise<void> {
  const told = await store.read();
  const movable = new Set(repositories.filter(hasMovableTags).map(({ name }) => name));
  const known = new Set(repositories.map(({ name }) => name));
  const tell = (repository: string, state: TagState) => send(describeTagFinding({ ...where, repository }, state, now));
  for (const name of movable) if (!told.has(name)) await tell(name, 'movable');
  for (const name of told) if (!movable.has(name)) await tell(name, known.has(name) ? 'fixed' : 'gone');
  if (told.size !== movable.size || [...movable].some((name) => !told.has(name))) await store.write(movable);
}
