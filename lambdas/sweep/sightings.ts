import { type ImageName, keyOf } from '../core/image-name.ts';

/** What a run has seen of the registry: so it can tell what is on record with an open finding and not there any more. */
export class Sightings {
  readonly #names: ReadonlySet<string>;
  readonly #whole = new Set<string>();
  readonly #open = new Set<string>();

  /** `names`: all repositories that there are and that the policy covers. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  /** An image that is there, and whose finding is open. */
  noteOpen(image: ImageName): void {
    this.#open.add(keyOf(image));
  }

  /** A repository of which all images were listed. */
  noteWhole(repository: string): void {
    this.#whole.add(repository);
  }

  /** Whether an image with an open finding was looked for and is not there, or its repository is none that counts. What was not listed to its end says nothing. */
  isMissing(image: ImageName): boolean {
    if (!this.#names.has(image.repository)) return true;
    return this.#whole.has(image.repository) && !this.#open.has(keyOf(image));
  }
}
