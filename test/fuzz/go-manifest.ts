import { JsonObject, readPairs } from './json-pairs.ts';

/**
 * The digests that Go's encoding/json would find in a manifest: names in any case, the last of two, structures and lists read into what an earlier one of the name left. Written
 * apart from the reader under test, on the text itself, since JSON.parse forgets what stood twice.
 */
export function readLikeGo(input: Buffer) {
  const manifest = decodeInto(readPairs(input.toString()), {});
  const listed = [...digestsOf(manifest.layers), ...digestsOf(manifest.blobs)];
  return {
    layers: listed,
    config: digestOf(manifest.config),
    subject: digestOf(manifest.subject),
    manifests: digestsOf(manifest.manifests),
  };
}

interface Struct {
  [name: string]: unknown;
}
const FIELDS = ['config', 'layers', 'blobs', 'manifests', 'subject', 'digest'];
const fold = (name: string) => name.toUpperCase().toLowerCase();

function decodeInto(value: unknown, target: Struct): Struct {
  if (!(value instanceof JsonObject)) return target;
  for (const [name, member] of value.pairs) {
    const field = FIELDS.find((one) => fold(one) === fold(name));
    if (field === undefined) continue;
    target[field] = decodeMember(member, target[field]);
  }
  return target;
}

function decodeMember(member: unknown, before: unknown): unknown {
  if (member === null) return undefined;
  if (Array.isArray(member)) {
    const old = Array.isArray(before) ? before : [];
    return member.map((item: unknown, index) => decodeInto(item, isStruct(old[index]) ? old[index] : {}));
  }
  return member instanceof JsonObject ? decodeInto(member, isStruct(before) ? before : {}) : member;
}

function isStruct(value: unknown): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function digestOf(value: unknown): string | undefined {
  return isStruct(value) && typeof value.digest === 'string' ? value.digest : undefined;
}

function digestsOf(value: unknown): (string | undefined)[] {
  return Array.isArray(value) ? value.map(digestOf) : [];
}
