import type { Search } from '../find-text.ts';

/** Addresses from the first to the last one, both included. */
export interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Searches an address in one range of every set of `within` and in none of `without`; like `findNumber`, over the ends of the ranges. */
export function findAddress(
  within: readonly (readonly AddressRange[])[],
  without: readonly (readonly AddressRange[])[],
): Search<string> {
  for (const bits of [32, 128] as const) {
    const ranges = [...within, ...without].flat().filter((range) => range.bits === bits);
    const top = (1n << BigInt(bits)) - 1n;
    const tried = new Set([0n, top, ...ranges.flatMap(({ first, last }) => [first, last, first - 1n, last + 1n])]);
    for (const address of tried) {
      const holds = (set: readonly AddressRange[]) =>
        set.some((range) => range.bits === bits && range.first <= address && address <= range.last);
      if (address < 0n || address > top || !within.every(holds) || without.some(holds)) continue;
      return { kind: 'found', example: showAddress(address, bits) };
    }
  }
  return within.length === 0 ? { kind: 'found', example: 'no address' } : { kind: 'none' };
}

/** An address or CIDR block whose host bits are zero; undefined where it has no certain reading (IPv4 inside of IPv6 among it). */
export function readAddressRange(text: string): AddressRange | undefined {
  const [, address = '', length] = /^([0-9A-Fa-f.:]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = address.includes(':') ? 128 : 32;
  const first = bits === 32 ? readV4(address) : readV6(address);
  const prefix = length === undefined ? bits : Number(length);
  if (first === undefined || prefix > bits || (length !== undefined && String(prefix) !== length)) return undefined;
  const hosts = (1n << BigInt(bits - prefix)) - 1n;
  if ((first & hosts) !== 0n || (bits === 128 && first >> 32n === 0xffffn)) return undefined;
  return { bits, first, last: first | hosts };
}

function readV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function readV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function showAddress(address: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, at) => ((address >> BigInt(112 - at * 16)) & 0xffffn).toString(16)).join(':');
}
