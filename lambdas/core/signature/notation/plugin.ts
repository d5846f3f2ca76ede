import { NotationError } from './errors.ts';
import { SIGNER_ATTRIBUTES, SIGNER_PLUGIN } from './signer/attributes.ts';

/** Versions of the AWS Signer plugin whose verification logic is the one in `signer/`: every 1.0. */
const VERSION = /^1\.0\.\d{1,9}(?:-[0-9A-Za-z.-]{1,50})?(?:\+[0-9A-Za-z.-]{1,50})?$/;

/**
 * The plugin whose logic a signature demands. An implementation may itself do what a known plugin does and must fail all others
 * (signature-specification.md, Guidelines for implementations). Throws `plugin-required` or `bad-header`.
 */
export function readPlugin(
  name: unknown,
  minVersion: unknown,
  values: ReadonlyMap<string, unknown>,
): { readonly plugin: 'aws-signer' | undefined; readonly attributes: ReadonlySet<string> } {
  if (name === undefined) {
    if (minVersion !== undefined) throw new NotationError('bad-header', 'a plugin version without a plugin');
    return { plugin: undefined, attributes: new Set() };
  }
  if (typeof name !== 'string' || (minVersion !== undefined && typeof minVersion !== 'string')) {
    throw new NotationError('bad-header', 'the name or version of the plugin is not text');
  }
  if (name !== SIGNER_PLUGIN) {
    throw new NotationError(
      'plugin-required',
      `it demands the verification plugin ${JSON.stringify(name.slice(0, 100))}`,
    );
  }
  if (minVersion !== undefined && !VERSION.test(minVersion)) {
    throw new NotationError(
      'plugin-required',
      `it demands version ${JSON.stringify(minVersion.slice(0, 50))} of the plugin`,
    );
  }
  return { plugin: 'aws-signer', attributes: new Set(SIGNER_ATTRIBUTES.filter((attribute) => values.has(attribute))) };
}
