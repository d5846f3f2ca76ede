import type { HeldSetting } from '../../../core/controls/playbooks/define-playbook.ts';
import type { SettingCall, SettingPlace } from '../../../core/ledger/calls/setting.ts';
import type { Setting } from '../../../core/ledger/calls/settings/define-setting.ts';
import { isNamed, type Reading, type SettingAdapter, type SettingClients, type Subject } from './setting-adapter.ts';

/** What stands in a setting, as the canonical text that a plan holds. */
export type SettingReading =
  | { readonly is: 'set'; readonly text: string | null }
  | Exclude<Reading<never>, { readonly is: 'set' }>;

/** An adapter behind the texts of plans. */
export interface ConnectedSetting {
  read(clients: SettingClients, place: SettingPlace): Promise<SettingReading>;
  write(clients: SettingClients, call: SettingCall): Promise<void>;
  tags(clients: SettingClients, subject: Subject): Promise<Readonly<Record<string, string>>>;
  /** Undefined where the kind has no list. `why`: one of them could not be put back. */
  list(
    clients: SettingClients,
    subject: Subject,
  ): Promise<readonly HeldSetting[] | { readonly why: string } | undefined>;
  readonly again: readonly string[];
}

/** Puts the texts of plans in front of the contents of an adapter. */
export function connectSetting<Content>(
  setting: Setting<Content>,
  { read, write, tags, list, again = [], done = [] }: SettingAdapter<Content>,
): ConnectedSetting {
  return {
    async read(clients, place) {
      const reading = await read(clients, place);
      if (reading.is !== 'set') return reading;
      const known = reading.content === null ? undefined : setting.content.safeParse(reading.content);
      if (known !== undefined && !known.success) return { is: 'foreign', why: 'holds what no plan could put back' };
      return { is: 'set', text: setting.toText(reading.content) };
    },
    async write(clients, call) {
      const [from, to] = [setting.fromText(call.from), setting.fromText(call.to)];
      // The schema of a call does not let this happen.
      if (from === undefined || to === undefined) throw new TypeError(`${call.setting} cannot hold this`);
      try {
        await write(clients, call, { from: from.content, to: to.content });
      } catch (thrown) {
        if (!isNamed(thrown, ...done)) throw thrown;
      }
    },
    tags,
    async list(clients, subject) {
      const items = await list?.(clients, subject);
      if (items === undefined) return undefined;
      const held: HeldSetting[] = [];
      for (const item of items) {
        if ('foreign' in item) return { why: item.foreign };
        const known = setting.content.safeParse(item.content);
        if (!known.success || !setting.target.test(item.target)) return { why: 'holds what no plan could put back' };
        held.push({ target: item.target, text: setting.toText(known.data) });
      }
      return held;
    },
    again,
  };
}
