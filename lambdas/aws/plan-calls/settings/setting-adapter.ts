import type { SettingPlace } from '../../../core/ledger/calls/setting.ts';
import type { Clients } from '../../wiring.ts';

/** The clients that settings are read and written with. */
export type SettingClients = Pick<Clients, 's3' | 'lambda' | 'ec2' | 'kms' | 'cloudtrail' | 'ecr' | 'iam'>;

/**
 * What stands in a setting. `gone`: its target is not there. `underway`: AWS is still at an earlier change. `foreign`: it holds what a plan could not put back, and
 * `why` says so.
 */
export type Reading<Content> =
  | { readonly is: 'set'; readonly content: Content | null }
  | { readonly is: 'gone' }
  | { readonly is: 'underway' }
  | { readonly is: 'foreign'; readonly why: string };

/** The resource that a fault is about, as Config names it. */
export interface Subject {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** The only name under which it is meant: rules are listed for the default group alone. */
  readonly only?: string | undefined;
}

/** How one kind of setting is read and written. Both throw what the SDK throws. */
export interface SettingAdapter<Content> {
  read(clients: SettingClients, place: SettingPlace): Promise<Reading<Content>>;
  /** Makes the one call that sets it. What AWS answers is not believed: the next read is. */
  write(clients: SettingClients, place: SettingPlace, change: Change<Content>): Promise<void>;
  /** The tags of what holds the setting: they say whether a tool owns it. */
  tags(clients: SettingClients, subject: Subject): Promise<Readonly<Record<string, string>>>;
  /** Every setting of the kind that the subject has; absent where it has one of its own name. */
  list?(clients: SettingClients, subject: Subject): Promise<readonly (SettingItem<Content> | ForeignItem)[]>;
  /** Names of errors of `write` after which another try may succeed, though AWS calls them a fault of the client. */
  readonly again?: readonly string[];
  /** Names of errors of `write` that say that somebody else made the same change. */
  readonly done?: readonly string[];
}

export interface SettingItem<Content> {
  readonly target: string;
  readonly content: Content;
}

/** One that a plan could not put back. */
export interface ForeignItem {
  readonly foreign: string;
}

export interface Change<Content> {
  readonly from: Content | null;
  readonly to: Content | null;
}

/** Whether an error of the SDK has one of these names: not every one has a class. */
export function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return thrown instanceof Error && names.includes(thrown.name);
}

/** Tags as most services list them. */
export function readTagList(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Readonly<Record<string, string>> {
  return Object.fromEntries(list.flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value]])));
}
