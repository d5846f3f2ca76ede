/** A policy statement as a trustpolicy.json has it, and the document of some. */
export const statement = {
  name: 'acme',
  registryScopes: ['registry.acme.io/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
};

export const documentOf = (...statements: readonly object[]) =>
  Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: statements }));
