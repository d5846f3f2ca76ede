/** Most reads of members and elements that one condition may make: nested quantifiers over a hostile predicate would go on for hours. */
const MOST_READS = 200_000;

/** Counts what is read of a value, and ends it where it is too much. */
export class ReadBudget {
  #reads = 0;
  readonly #guarded = new WeakMap<object, object>();

  get isSpent(): boolean {
    return this.#reads > MOST_READS;
  }

  /** The value with its reads counted. Parsed JSON only: no prototypes, no functions. */
  guard(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#guarded.get(value);
    if (known !== undefined) return known;
    const guarded = new Proxy(value, {
      get: (target, key) => {
        this.#count();
        const member: unknown = Reflect.get(target, key);
        return typeof key === 'symbol' || typeof member === 'function' ? member : this.guard(member);
      },
      ownKeys: (target) => {
        const keys = Reflect.ownKeys(target);
        this.#count(keys.length);
        return keys;
      },
    });
    this.#guarded.set(value, guarded);
    return guarded;
  }

  #count(reads = 1): void {
    this.#reads += reads;
    if (this.isSpent) throw new RangeError('too much is read');
  }
}
