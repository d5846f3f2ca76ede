/**
 * Names of manifests and descriptors (OCI image-spec, manifest.md, image-index.md, descriptor.md; Docker image manifest, schema 1 and 2) at the places where a reader
 * in Go has a structure.
 */
const NAMES = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'blobs',
  'manifests',
  'subject',
  'annotations',
  'digest',
  'size',
  'urls',
  'data',
  'platform',
  'fsLayers',
] as const;
const KNOWN: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [fold(name), name]));
const INSIDE: ReadonlySet<string> = new Set(['config', 'layers', 'blobs', 'manifests', 'subject']);

/**
 * A name in a manifest that Go takes for one of the manifest's own although it is written differently (encoding/json, Unmarshal: any case, also under Unicode's folding),
 * or undefined. Runtimes would read another manifest than we do.
 */
export function findLookAlikeName(manifest: unknown): string | undefined {
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  for (const [name, value] of Object.entries(manifest)) {
    const known = KNOWN.get(fold(name));
    if (known !== undefined && known !== name) return name;
    if (!INSIDE.has(name)) continue;
    const found = (Array.isArray(value) ? value : [value]).map(findLookAlikeName).find((one) => one !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Letters that differ in case only become one, and so do the long s and the Kelvin sign. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
