import type { SettingCall, SettingPlace } from '../../../core/ledger/calls/setting.ts';
import type { Setting } from '../../../core/ledger/calls/settings/define-setting.ts';
import type { Reading, SettingAdapter, SettingClients } from './setting-adapter.ts';

/** What stands in a setting, as the canonical text that a plan holds. */
export type SettingReading =
  | { readonly is: 'set'; readonly text: string | null }
  | Exclude<Reading<never>, { readonly is: 'set' }>;

/** An adapter behind the texts of plans. */
export interface ConnectedSetting {
  read(clients: SettingClients, place: SettingPlace): Promise<SettingReading>;
  write(clients: SettingClients, call: SettingCall): Promise<void>;
  readonly again: readonly string[];
}

/** Puts the texts of plans in front of the contents of an adapter. */
export function connectSetting<Content>(
  setting: Setting<Content>,
  { read, write, again = [] }: SettingAdapter<Content>,
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
      await write(clients, call, { from: from.content, to: to.content });
    },
    again,
  };
}
