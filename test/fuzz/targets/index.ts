import type { Target } from '../target.ts';
import { image } from './image.ts';
import { cose, crl, jws, ocsp } from './notation.ts';
import * as parsers from './parsers.ts';
import { bundle, cosignLayer } from './sigstore.ts';
import { certificate, checkpoint, logEntry, timestamp } from './sigstore-parts.ts';
import { tufSet } from './tuf-set.ts';

/** Everything that reads hostile bytes, by the name that cases give it. */
export const TARGETS: Readonly<Record<string, Target>> = {
  bundle,
  'cosign-layer': cosignLayer,
  'log-entry': logEntry,
  checkpoint,
  timestamp,
  certificate,
  jws,
  cose,
  crl,
  ocsp,
  image,
  manifest: parsers.manifest,
  statement: parsers.statement,
  'trust-root': parsers.trustRoot,
  'trust-policy': parsers.trustPolicy,
  'compiled-config': parsers.compiledConfig,
  'notation-policy': parsers.notationPolicy,
  'iam-policy': parsers.iamPolicy,
  pem: parsers.pem,
  tuf: parsers.tuf,
  'tuf-set': tufSet,
  event: parsers.event,
};
