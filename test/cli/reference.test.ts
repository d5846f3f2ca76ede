import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { listKeys } from '../../bin/reference/editor-schema.ts';
import { CONFIG_KEYS, POLICY_KEYS, TRUST_TEST_KEYS } from '../../bin/reference/key-descriptions.ts';
import { CONFIG_SCHEMA, makeReference, POLICY_SCHEMA, TRUST_TEST_SCHEMA } from '../../bin/reference/make-reference.ts';

test.each(Object.entries(makeReference()))('%s is what `npm run docs` writes', (path, text) => {
  const committed = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

  expect(committed).toBe(text);
});

test.each([
  ['countersign.config.yaml', CONFIG_SCHEMA, CONFIG_KEYS],
  ['the trust policy', POLICY_SCHEMA, POLICY_KEYS],
  ['a trust test', TRUST_TEST_SCHEMA, TRUST_TEST_KEYS],
])('every key of %s is described in bin/reference/key-descriptions.ts, and no other', (_name, schema, descriptions) => {
  const places = new Set(listKeys(schema).map(({ place }) => place));

  expect([...places].sort()).toEqual(Object.keys(descriptions).sort());
});

test.each(['countersign.config.yaml', 'trust-policy.yaml'])('%s names a schema that is there', (file) => {
  const text = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
  const named = /\$schema=(\S+)/.exec(text)?.[1];

  expect(Object.keys(makeReference())).toContain(named);
});

describe.each([
  ['docs/schema/config.schema.json', 'countersign.config.yaml'],
  ['docs/schema/trust-policy.schema.json', 'trust-policy.yaml'],
])('%s', (schemaFile, file) => {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
  const schema = z.fromJSONSchema(JSON.parse(read(schemaFile)));
  const document: Record<string, unknown> = parse(read(file));

  test(`accepts ${file}`, () => {
    expect(schema.safeParse(document).success).toBe(true);
  });

  test('refuses an unknown key and a missing one', () => {
    const { images, ...rest } = document;

    expect(images).toBeDefined();
    expect(schema.safeParse(rest).success).toBe(false);
    expect(schema.safeParse({ ...document, imgaes: images }).success).toBe(false);
  });
});

test('the schema of trust tests accepts each form of a case, and no mixture', () => {
  const path = fileURLToPath(new URL('../../docs/schema/trust-test.schema.json', import.meta.url));
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8')));
  const digest = `sha256:${'a'.repeat(64)}`;
  const accepts = (one: object) =>
    schema.safeParse({ version: 1, cases: [{ name: 'a', expect: 'verified', ...one }] }).success;

  expect(accepts({ image: 'r.example/a/b:v1' })).toBe(true);
  expect(accepts({ layout: 'x', scope: 'a/b', reason: 'no-candidate' })).toBe(true);
  expect(accepts({ bundle: 'x', digest, scope: 'a/b' })).toBe(true);
  expect(accepts({ layout: 'x' })).toBe(false);
  expect(accepts({ image: 'x', layout: 'x', scope: 'a/b' })).toBe(false);
  expect(accepts({ bundle: 'x', scope: 'a/b' })).toBe(false);
});
