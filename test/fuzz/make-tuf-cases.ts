import { writeFileSync } from 'node:fs';
import { createTufKey } from '../../local/sigstore/tuf-repository.ts';
import { heldFrom, prepareRepository } from '../support/tuf.ts';

/** Makes `test/fixtures/fuzz/tuf.json`: a TUF repository whose root was rotated twice, as one document. Run: `node test/fuzz/make-tuf-cases.ts`. */
const { repository, authority, refresh } = prepareRepository();
repository.rotate({ timestamp: [createTufKey()] });
repository.rotate({ root: [createTufKey(), createTufKey()] });
repository.publish();
const { set } = heldFrom(await refresh());
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const { roots, ...files } = set;
const input = {
  roots: roots.map(text),
  ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, text(bytes)])),
};
const written = {
  name: 'rotated twice',
  target: 'tuf-set',
  text: JSON.stringify(input),
  context: { initialRoot: text(authority.initialRoot), target: authority.target },
};
writeFileSync(
  new URL('../fixtures/fuzz/tuf.json', import.meta.url),
  `${JSON.stringify({ roots: {}, cases: [written] }, null, 1)}\n`,
);
