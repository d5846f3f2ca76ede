import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import { CountersignError } from '../../../lambdas/core/errors.ts';
import { type MetadataSet, verifyMetadataSet } from '../../../lambdas/core/trust/tuf/metadata-set.ts';
import { mutateJson } from '../mutate/json.ts';
import { bytesOf, type Target, textOf } from '../target.ts';

const FILES = ['timestamp', 'snapshot', 'targets', 'target'] as const;

/** All files of a TUF repository in one document, each in base64. Whoever changes what it says changes whom everybody trusts. */
export const tufSet: Target = {
  share: 1,
  mutate: (good, donor, random) => mutateJson(good, donor, random),
  open: (context) => {
    const authority = { initialRoot: bytesOf(context, 'initialRoot'), target: textOf(context, 'target') };
    return (input) => {
      const { trustedRoot, versions } = verifyMetadataSet(authority, readSet(input));
      const { root: _, ...others } = versions;
      return { kind: 'accepted', says: canonicalize({ trustedRoot, versions: others }) };
    };
  },
  // What is signed of each file; what is around it and how it is spelt is nobody's word.
  parts: (input) => {
    const { roots, ...files } = readSet(input);
    const named = [...roots.map((bytes, index) => [`roots[${index}]`, bytes] as const), ...Object.entries(files)];
    return new Map(named.map(([name, bytes]) => [name, name === 'target' ? bytes.toString() : signedPart(bytes)]));
  },
  harmless: [
    {
      part: /^roots\[\d\] \(/,
      because:
        'a set may end with an older root, which signed the same files: that a newer one is held already is for the refresh to know, and a root that the configuration has is passed over',
    },
  ],
};

function signedPart(bytes: Uint8Array): string {
  const { signed } = JSON.parse(Buffer.from(bytes).toString()) as { readonly signed: unknown };
  return canonicalize(signed);
}

function readSet(input: Buffer): MetadataSet {
  const json = parse(input);
  const read = (value: unknown) => Buffer.from(typeof value === 'string' ? value : '', 'base64');
  const [timestamp, snapshot, targets, target] = FILES.map((name) => read(json[name]));
  if (timestamp === undefined || snapshot === undefined || targets === undefined || target === undefined)
    throw new CountersignError('no-set', 'a file is missing');
  return { roots: Array.isArray(json.roots) ? json.roots.map(read) : [], timestamp, snapshot, targets, target };
}

function parse(input: Buffer): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(input.toString());
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
