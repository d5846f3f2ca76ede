import { mutateBytes } from './bytes.ts';
import { pick, type Random } from './random.ts';

/** An element of DER: its tag, and what it holds where that is elements again. Read loosely and on its own, not by the code under test. */
interface Element {
  readonly tag: number;
  readonly body: Buffer;
  readonly children?: readonly Element[];
}

/** Changes one element of DER and writes the lengths around it anew, so that the change is met deep inside. Bytes that are no DER are mutated as bytes. */
export function mutateDer(good: Buffer, donor: Buffer, random: Random): Buffer {
  const [root] = readElements(good) ?? [];
  if (root === undefined || random(5) === 0) return mutateBytes(good, donor, random);
  const places = listPlaces(root, []);
  const place = places[random(places.length)] ?? [];
  const others = (readElements(donor) ?? []).flatMap((element) => flatten(element));
  return writeElement(changeAt(root, place, (element) => mutateElement(element, others, random)));
}

function mutateElement(element: Element, others: readonly Element[], random: Random): readonly (Element | Buffer)[] {
  const { tag, body, children } = element;
  switch (random(10)) {
    case 0:
      return [];
    case 1:
      return [element, element];
    case 2:
      return [{ ...element, tag: pick([tag ^ 0x20, tag ^ 0x80, 0x02, 0x04, 0x05, 0x30, 0x31, random(256)], random) }];
    case 3: {
      const alike = others.filter((other) => other.tag === tag);
      return [alike[random(alike.length)] ?? element];
    }
    case 4:
      return children === undefined || children.length < 2
        ? [{ tag, body: mutateBytes(body, body, random) }]
        : [{ tag, body, children: swap(children, random(children.length), random(children.length)) }];
    case 5:
      return [{ tag: 0x30, body: Buffer.alloc(0), children: [element] }];
    case 6:
      return [{ tag, body: Buffer.alloc(0) }];
    case 7:
      return [writeOddly(element, random)];
    default:
      return [{ tag, body: mutateBytes(body, others[random(others.length)]?.body ?? body, random) }];
  }
}

/** Encodings that BER allows and DER does not, and lengths that lie. */
function writeOddly(element: Element, random: Random): Buffer {
  const body = bodyOf(element);
  switch (random(4)) {
    case 0:
      return Buffer.concat([Buffer.from([element.tag, 0x84, 0, 0]), uint16(body.length), body]);
    case 1:
      return Buffer.concat([Buffer.from([element.tag, 0x80]), body, Buffer.alloc(2)]);
    case 2:
      return Buffer.concat([Buffer.from([element.tag, 0x84, 0x7f, 0xff, 0xff, 0xff]), body]);
    default:
      return Buffer.concat([Buffer.from([element.tag, 0x82]), uint16(Math.max(0, body.length + random(9) - 4)), body]);
  }
}

function uint16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff]);
}

/** All elements that fill `bytes`, or undefined where they do not. */
function readElements(bytes: Buffer, depth = 0): readonly Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0xff;
    let content = at + 2;
    if (length > 0x7f) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 3 || content + octets > bytes.length) return undefined;
      length = bytes.readUIntBE(content, octets);
      content += octets;
    }
    if (content + length > bytes.length) return undefined;
    const body = bytes.subarray(content, content + length);
    const nested = depth < 20 && (tag & 0x20) !== 0 ? readElements(body, depth + 1) : undefined;
    // An OCTET STRING often holds DER again: extensions of certificates, the content of a time stamp.
    const wrapped = tag === 0x04 && depth < 20 && body[0] === 0x30 ? readElements(body, depth + 1) : undefined;
    const children = nested ?? wrapped;
    elements.push(children === undefined ? { tag, body } : { tag, body, children });
    at = content + length;
  }
  return elements;
}

function listPlaces({ children = [] }: Element, path: readonly number[]): readonly (readonly number[])[] {
  return [path, ...children.flatMap((child, index) => listPlaces(child, [...path, index]))];
}

function flatten(element: Element): readonly Element[] {
  return [element, ...(element.children ?? []).flatMap((child) => flatten(child))];
}

function changeAt(
  element: Element,
  [step, ...rest]: readonly number[],
  change: (element: Element) => readonly (Element | Buffer)[],
): Element | Buffer {
  if (step === undefined) return Buffer.concat(change(element).map((part) => writeElement(part)));
  const parts = (element.children ?? []).map((child, index) =>
    index === step ? writeElement(changeAt(child, rest, change)) : writeElement(child),
  );
  return { tag: element.tag, body: Buffer.concat(parts) };
}

function swap(list: readonly Element[], one: number, other: number): readonly Element[] {
  return list.map((element, index) => (index === one ? list[other] : index === other ? list[one] : element) ?? element);
}

function bodyOf({ body, children }: Element): Buffer {
  return children === undefined ? body : Buffer.concat(children.map((child) => writeElement(child)));
}

function writeElement(element: Element | Buffer): Buffer {
  if (Buffer.isBuffer(element)) return element;
  const body = bodyOf(element);
  const { length } = body;
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([element.tag, ...head]), body]);
}
