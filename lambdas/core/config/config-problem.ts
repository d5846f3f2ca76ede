/** Something that is wrong with a configuration or a trust policy, at a place of the document. */
export interface ConfigProblem {
  /** Keys and indexes from the top of the document. */
  readonly path: readonly (string | number)[];
  /** What is wrong, a sentence part without a full stop. */
  readonly message: string;
  /** What would be accepted there. */
  readonly accepted?: string;
  /** The name that was probably meant. */
  readonly nearest?: string;
}
