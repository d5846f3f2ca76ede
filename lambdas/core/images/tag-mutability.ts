/** What ECR says of the tags of a repository (ECR API Reference, Repository). */
export interface TagSettings {
  readonly name: string;
  readonly mutability: string | undefined;
  /** Tags that are excepted from it, with `*` for any characters. */
  readonly exclusions: readonly string[];
}

/**
 * Whether the tags of a repository may be moved to other images. Tags under which cosign keeps signatures (`sha256-*`) have to be movable where they are used, and
 * move no image.
 */
export function hasMovableTags({ mutability, exclusions }: TagSettings): boolean {
  switch (mutability) {
    case 'IMMUTABLE':
      return false;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !exclusions.every((filter) => filter.startsWith('sha256-'));
    default:
      return true;
  }
}
