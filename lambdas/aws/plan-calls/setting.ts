import type { Reason } from '../../core/errors.ts';
import type { SettingCall, SettingPlace } from '../../core/ledger/calls/setting.ts';
import { SETTINGS, type SettingName } from '../../core/ledger/calls/settings/index.ts';
import type { Standing } from '../../core/ledger/execute.ts';
import { explainRefusal } from '../refusal.ts';
import type { SettingReading } from './settings/connect-setting.ts';
import { CONNECTED_SETTINGS } from './settings/index.ts';
import { isNamed, type SettingClients } from './settings/setting-adapter.ts';

/** Reads a setting. Throws what the SDK throws. */
export function readSetting(clients: SettingClients, name: SettingName, place: SettingPlace): Promise<SettingReading> {
  return CONNECTED_SETTINGS[name].read(clients, place);
}

/** How a setting stands to a call, read now. */
export async function lookAtSetting(clients: SettingClients, call: SettingCall): Promise<Standing> {
  const { setting, region } = call;
  const here = await clients.s3.config.region();
  if (region !== here) return { is: 'elsewhere', observed: `the call is for ${region}, and this is ${here}` };
  const reading = await readSetting(clients, setting, call);
  switch (reading.is) {
    case 'gone':
      return { is: 'gone', observed: 'what the call would change is not there any more' };
    case 'underway':
      return { is: 'underway', observed: `${setting} is being changed` };
    case 'foreign':
      return { is: 'elsewhere', observed: `${setting} ${reading.why}`.slice(0, 512) };
    case 'set': {
      const { isSame } = SETTINGS[setting];
      const observed = observe(setting, reading.text);
      if (isSame(reading.text, call.to)) return { is: 'after', observed };
      return { is: isSame(reading.text, call.from) ? 'before' : 'elsewhere', observed };
    }
  }
}

/** Makes a call. Returns why AWS refuses it for good; throws where another try may succeed. */
export async function performSetting(clients: SettingClients, call: SettingCall): Promise<Reason | undefined> {
  const { write, again } = CONNECTED_SETTINGS[call.setting];
  try {
    await write(clients, call);
    return undefined;
  } catch (thrown) {
    if (isNamed(thrown, ...again)) throw thrown;
    const reason = explainRefusal(thrown);
    if (reason === undefined) throw thrown;
    return reason;
  }
}

/** Small contents as they are; documents stay out of the history. */
function observe(setting: SettingName, text: string | null): string {
  if (text === null) return `${setting} is absent`;
  return text.length > 300 ? `${setting} holds ${text.length} characters` : `${setting} is ${text}`;
}
