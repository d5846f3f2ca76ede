import type { SettingPlace } from '../../../core/ledger/calls/setting.ts';
import type { Clients } from '../../wiring.ts';

/** The clients that settings are read and written with. */
export type SettingClients = Pick<Clients, 's3' | 'lambda'>;

/**
 * What stands in a setting. `gone`: its target is not there. `underway`: AWS is still at an earlier change. `foreign`: it holds what a plan could not put back, and
 * `why` says so.
 */
export type Reading<Content> =
  | { readonly is: 'set'; readonly content: Content | null }
  | { readonly is: 'gone' }
  | { readonly is: 'underway' }
  | { readonly is: 'foreign'; readonly why: string };

/** How one kind of setting is read and written. Both throw what the SDK throws. */
export interface SettingAdapter<Content> {
  read(clients: SettingClients, place: SettingPlace): Promise<Reading<Content>>;
  /** Makes the one call that sets it. What AWS answers is not believed: the next read is. */
  write(clients: SettingClients, place: SettingPlace, change: Change<Content>): Promise<void>;
  /** Names of errors of `write` after which another try may succeed, though AWS calls them a fault of the client. */
  readonly again?: readonly string[];
}

export interface Change<Content> {
  readonly from: Content | null;
  readonly to: Content | null;
}

/** Whether an error of the SDK has one of these names: not every one has a class. */
export function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return thrown instanceof Error && names.includes(thrown.name);
}
