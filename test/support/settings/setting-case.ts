import type { SettingClients } from '../../../lambdas/aws/plan-calls/settings/setting-adapter.ts';

/** One kind of setting as the tests of all of them need it. */
export interface SettingCase {
  /** Makes a target beside another one of its kind, and says its name. */
  readonly make: (clients: SettingClients) => Promise<string>;
  /** Everything that AWS says of the target and its neighbour, by the SDK alone: what an undo has to restore. */
  readonly readAll: (clients: SettingClients, target: string) => Promise<unknown>;
  /** Contents as AWS takes them one after the other; the first is that of a new target. */
  readonly contents: readonly (string | null)[];
  /** The only target that there is. */
  readonly only?: string;
  /** A target of the right form that is not there. */
  readonly missing?: string;
}

export const CASE_ACCOUNT = '123456789012';
export const CASE_REGION = 'eu-west-1';
