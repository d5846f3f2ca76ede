import crypto, { Hash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** What an input cost: signatures checked, keys read, bytes hashed. Counted, never timed, so that the bound holds on any machine. */
export interface Work {
  readonly signatures: number;
  readonly keys: number;
  readonly hashed: number;
}

let signatures = 0;
let keys = 0;
let hashed = 0;
const { verify, createPublicKey } = crypto;
const { update } = Hash.prototype;

/** Counts every signature check, every key that is read and every byte that is hashed through `node:crypto` from here on, in this process. */
export function installMeter(): void {
  crypto.verify = ((...values: Parameters<typeof verify>) => {
    signatures += 1;
    hashed += values[1].byteLength;
    return verify(...values);
  }) as typeof verify;
  crypto.createPublicKey = (...values) => {
    keys += 1;
    return createPublicKey(...values);
  };
  Hash.prototype.update = function count(this: Hash, data: crypto.BinaryLike, ...rest: readonly unknown[]) {
    hashed += typeof data === 'string' ? data.length : data.byteLength;
    return Reflect.apply(update, this, [data, ...rest]);
  };
  syncBuiltinESMExports();
}

/** The work since the last call. */
export function takeWork(): Work {
  const work = { signatures, keys, hashed };
  signatures = 0;
  keys = 0;
  hashed = 0;
  return work;
}
