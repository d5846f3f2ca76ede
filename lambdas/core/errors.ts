/**
 * The root of every error this project throws on purpose. `code` is stable and may be branched on; `message` is for people;
 * `cause` keeps what was underneath. Domain modules extend it with a closed union of codes.
 */
export class CountersignError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** One reason behind a verdict or a refusal: `code` for programs, `message` for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** The message of anything that was thrown, without assuming it is an Error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
