import { securityHub } from '../aws/clients/security-hub.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  clients: { securityHub: securityHub() },
});
