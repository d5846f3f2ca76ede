import type { IamPrincipal, ManagedPolicy } from './account.ts';

/** One principal or customer managed policy as a fresh read shows it, documents as text. */
export type LiveState = IamPrincipal | (ManagedPolicy & { readonly kind: 'policy' });
