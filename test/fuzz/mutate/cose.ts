import { decode, encode, Tagged } from 'cborg';
import { mutateBytes } from './bytes.ts';
import { mutateDer } from './der.ts';
import { mutateJson } from './json.ts';
import { pick, type Random } from './random.ts';

const tags = {
  18: (inner: () => unknown) => new Tagged(18, inner()),
  1: (inner: () => unknown) => new Tagged(1, inner()),
};
const read = (bytes: Uint8Array): unknown => decode(bytes, { useMaps: true, tags });

/** As `read`; undefined for what is no CBOR, as an earlier change may have left it. */
function tryRead(bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch {
    return undefined;
  }
}

/** Changes one part of a COSE_Sign1 envelope (RFC 9052) and encodes it anew: header labels left out, exchanged or added, certificates, payload, signature. */
export function mutateCose(good: Buffer, donor: Buffer, random: Random): Buffer {
  if (random(3) === 0) return mutateBytes(good, donor, random);
  const parts = readParts(good);
  const others = readParts(donor) ?? parts;
  if (parts === undefined || others === undefined) return mutateBytes(good, donor, random);
  const [headers, unprotected, payload, signature] = parts;
  const written = (...changed: readonly unknown[]) =>
    Buffer.from(encode(new Tagged(pick([18, 18, 18, 98, 17], random), changed)));
  switch (random(7)) {
    case 0: {
      const labels = tryRead(headers);
      const otherLabels = tryRead(others[0]);
      const changed =
        labels instanceof Map && otherLabels instanceof Map ? mutateMap(labels, otherLabels, random) : labels;
      return written(new Uint8Array(encode(changed)), unprotected, payload, signature);
    }
    case 1:
    case 2:
      return written(headers, mutateMap(unprotected, others[1], random), payload, signature);
    case 3:
      return written(
        headers,
        unprotected,
        new Uint8Array(mutateJson(Buffer.from(payload), Buffer.from(others[2]), random)),
        signature,
      );
    case 4:
      return written(
        headers,
        unprotected,
        payload,
        new Uint8Array(mutateBytes(Buffer.from(signature), Buffer.from(others[3]), random)),
      );
    case 5: {
      const at = random(4);
      return written(...parts.map((part, index) => (index === at ? others[at] : part)));
    }
    default:
      return written(
        ...pick(
          [
            [headers, unprotected, payload],
            [headers, unprotected, null, signature],
            [...parts, signature],
            parts.toReversed(),
          ],
          random,
        ),
      );
  }
}

type Parts = readonly [Uint8Array, Map<unknown, unknown>, Uint8Array, Uint8Array];

function readParts(bytes: Buffer): Parts | undefined {
  const decoded = tryRead(bytes);
  const value: unknown = decoded instanceof Tagged ? decoded.value : undefined;
  if (!Array.isArray(value)) return undefined;
  const [headers, unprotected, payload, signature]: readonly unknown[] = value;
  return headers instanceof Uint8Array &&
    unprotected instanceof Map &&
    payload instanceof Uint8Array &&
    signature instanceof Uint8Array
    ? [headers, unprotected, payload, signature]
    : undefined;
}

function mutateMap(map: Map<unknown, unknown>, other: Map<unknown, unknown>, random: Random): Map<unknown, unknown> {
  const labels = [...map.keys()];
  const label = labels[random(labels.length)];
  const changed = new Map(map);
  switch (random(5)) {
    case 0:
      changed.delete(label);
      return changed;
    case 1:
      return changed.set(pick([1, 2, 3, 33, 'io.cncf.notary.expiry', 'toString', -1, label], random), map.get(label));
    case 2:
      return changed.set(label, other.get(label));
    case 3:
      return changed.set(
        label,
        pick<unknown>([null, 0, '', [], new Map(), new Tagged(1, 0), new Uint8Array()], random),
      );
    default:
      return changed.set(label, mutateLabel(map.get(label), other.get(label), random));
  }
}

function mutateLabel(value: unknown, other: unknown, random: Random): unknown {
  if (Array.isArray(value)) {
    const at = random(value.length);
    const donors: readonly unknown[] = Array.isArray(other) ? other : value;
    return pick<unknown>(
      [
        value.toReversed(),
        value.slice(1),
        value.slice(0, -1),
        [...value, ...value],
        value.map((item: unknown, index) => (index === at ? mutateLabel(item, donors[at], random) : item)),
      ],
      random,
    );
  }
  if (value instanceof Uint8Array) {
    const donor = other instanceof Uint8Array ? other : value;
    return new Uint8Array(mutateDer(Buffer.from(value), Buffer.from(donor), random));
  }
  if (typeof value === 'number') return pick<unknown>([value + 1, -value, String(value)], random);
  if (value instanceof Tagged)
    return pick<unknown>([new Tagged(1, Number(value.value) + 86_400), value.value, new Tagged(0, 'x')], random);
  return `${String(value)}x`;
}
