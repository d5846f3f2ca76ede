import { pick, type Random } from './random.ts';

/** Bytes that mean something to a parser: quotes, brackets, lengths, the ends of ranges. */
const TELLING: readonly [number, ...number[]] = [
  0, 1, 0x1f, 0x20, 0x22, 0x2c, 0x30, 0x5c, 0x7b, 0x7f, 0x80, 0x84, 0xff,
];

/** Changes bytes without a look at what they are: flips, overwrites, cuts, drops, inserts, repeats, and splices with a donor. */
export function mutateBytes(good: Buffer, donor: Buffer, random: Random): Buffer {
  const at = random(good.length + 1);
  switch (random(9)) {
    case 0:
    case 1:
      return overwrite(good, at, (byte) => byte ^ (1 << random(8)));
    case 2:
      return overwrite(good, at, () => random(256));
    case 3:
      return good.subarray(0, at);
    case 4:
      return Buffer.concat([good.subarray(0, at), good.subarray(at + 1 + random(20))]);
    case 5:
      return Buffer.concat([good.subarray(0, at), Buffer.from([pick(TELLING, random)]), good.subarray(at)]);
    case 6: {
      const from = random(donor.length + 1);
      return Buffer.concat([good.subarray(0, at), donor.subarray(from, from + random(64)), good.subarray(at)]);
    }
    case 7:
      return Buffer.concat([good.subarray(0, at), donor.subarray(at)]);
    default: {
      const repeated = good.subarray(at, at + 1 + random(32));
      return Buffer.concat([
        good.subarray(0, at),
        ...Array.from({ length: 1 + random(8) }, () => repeated),
        good.subarray(at),
      ]);
    }
  }
}

function overwrite(good: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(good);
  const place = Math.min(at, copy.length - 1);
  if (place >= 0) copy[place] = change(copy[place] ?? 0);
  return copy;
}
