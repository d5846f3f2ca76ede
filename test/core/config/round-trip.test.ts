import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileConfiguration } from '../../../lambdas/core/config/compile.ts';
import { parseCompiledConfig } from '../../../lambdas/core/config/parse-compiled.ts';
import { configSchema } from '../../../lambdas/core/config/schema.ts';
import { loadTrustMaterial } from '../../../lambdas/core/trust/material.ts';
import { trustPolicySchema } from '../../../lambdas/core/trust/policy.ts';
import { createPrivateSigstore } from '../../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../../local/sigstore/signers.ts';

const page = readFileSync(new URL('../../../docs/trust-policy.md', import.meta.url), 'utf8');

/** The example holds one of almost everything that a policy may say; these are the signers that it leaves out. */
const SIGNERS = {
  gitlab: { gitlab: { root: 'sigstore', project: 'acme/app' } },
  buildkite: { buildkite: { root: 'sigstore', organization: 'acme', pipeline: 'release' } },
  google: { google: { root: 'sigstore', email: 'a@example.com' } },
  spiffe: { spiffe: { root: 'sigstore', issuer: 'https://issuer.example', id: 'spiffe://acme.example/a' } },
  plain: { keyless: { root: 'sigstore', issuer: 'https://issuer.example', identityRegex: '^a|b$' } },
};

test('what the example of the documentation compiles to is what the functions read', () => {
  const example = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const policy = trustPolicySchema.parse({ ...example, signers: { ...example.signers, ...SIGNERS } });
  const config = configSchema.parse({
    version: 1,
    images: { mode: 'observe', grace: '10m', trustPolicy: 'trust-policy.yaml' },
    alarms: { email: 'a@example.com' },
    logs: { retentionDays: 90 },
  });
  const root = JSON.stringify(createPrivateSigstore({ now: () => Date.UTC(2026, 10, 23) }).trustedRoot());
  const key = createSigningKey().publicKeyPem;

  const compilation = compileConfiguration(config, policy, (file) => (file.endsWith('.json') ? root : key));

  if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems));
  const deployed = parseCompiledConfig(JSON.stringify(compilation.compiled));
  expect(deployed).toEqual(compilation.compiled);
  expect(loadTrustMaterial(deployed.trust).verifiers.size).toBe(Object.keys(policy.signers).length);
});
