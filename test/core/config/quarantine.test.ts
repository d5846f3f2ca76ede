import { describe, expect, it } from 'vitest';
import { compileConfiguration } from '../../../lambdas/core/config/compile.ts';
import { parseCompiledConfig } from '../../../lambdas/core/config/parse-compiled.ts';
import { quarantineSchema } from '../../../lambdas/core/config/quarantine.ts';
import { configSchema } from '../../../lambdas/core/config/schema.ts';
import { trustPolicySchema } from '../../../lambdas/core/trust/policy.ts';

const policy = trustPolicySchema.parse({
  version: 1,
  signers: { key: { key: { file: 'key.pub' }, transparencyLog: 'not-required' } },
  images: [{ name: 'all', repositories: ['**'], require: { signedBy: 'key' } }],
  otherRepositories: 'ignore',
});
const KEY =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';
const quarantine = {
  policies: { all: { mode: 'approve', upTo: 'archive' } },
  limits: { perPolicyAndHour: 10, perRepositoryAndHour: 2 },
  notPulledFor: '7d',
};
const configOf = (changed: unknown) =>
  configSchema.parse({
    version: 1,
    images: { mode: 'observe', grace: '10m', trustPolicy: 'policy.yaml', quarantine: changed },
    alarms: { email: 'a@example.com' },
    logs: { retentionDays: 30 },
  });

describe('the quarantine in the configuration', () => {
  it('is compiled, and read again as it was', () => {
    const compilation = compileConfiguration(configOf(quarantine), policy, () => KEY);

    const compiled = compilation.ok ? compilation.compiled : undefined;
    const read = parseCompiledConfig(JSON.stringify(compiled));
    expect(read.images.quarantine).toEqual({ ...quarantine, protectedRepositories: [], notPulledFor: 604_800 });
  });

  it('is part of the hash', () => {
    const hashes = [quarantine, undefined].map((one) => {
      const compilation = compileConfiguration(configOf(one), policy, () => KEY);
      return compilation.ok ? compilation.compiled.hash : undefined;
    });

    expect(new Set(hashes).size).toBe(2);
    expect(hashes).not.toContain(undefined);
  });

  it.each([
    ['a mode', { ...quarantine, policies: { all: { upTo: 'tag' } } }],
    ['how far it goes', { ...quarantine, policies: { all: { mode: 'observe' } } }],
    ['limits', { policies: quarantine.policies }],
    ['a known mode', { ...quarantine, policies: { all: { mode: 'auto', upTo: 'tag' } } }],
    ['known keys', { ...quarantine, limit: 3 }],
    ['limits above nothing', { ...quarantine, limits: { perPolicyAndHour: 0, perRepositoryAndHour: 1 } }],
  ])('needs %s', (_what, changed) => {
    expect(quarantineSchema.safeParse(changed).success).toBe(false);
  });

  it('names image policies that exist', () => {
    const changed = { ...quarantine, policies: { production: { mode: 'enforce', upTo: 'tag' } } };

    const compilation = compileConfiguration(configOf(changed), policy, () => KEY);

    expect(compilation.ok ? [] : compilation.problems.map(({ message, accepted }) => [message, accepted])).toEqual([
      [expect.stringContaining('production'), 'all'],
    ]);
  });
});
