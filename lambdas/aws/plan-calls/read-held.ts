import type { ConfigResource } from '../../core/controls/config-result.ts';
import type { HeldSetting, Playbook } from '../../core/controls/playbooks/define-playbook.ts';
import { CountersignError } from '../../core/errors.ts';
import { CONNECTED_SETTINGS } from './settings/index.ts';
import type { SettingClients } from './settings/setting-adapter.ts';

/** What stands in the settings that a playbook is about. `foreign`: they hold what no plan could put back. */
export type Held =
  | { readonly is: 'held'; readonly held: readonly HeldSetting[]; readonly tags: Readonly<Record<string, string>> }
  | { readonly is: 'gone' }
  | { readonly is: 'foreign'; readonly why: string };

/** Reads the settings of a resource that a playbook is about, and its tags. Throws what the SDK throws, and `underway` while AWS is still at an earlier change. */
export async function readHeld(
  clients: SettingClients,
  { setting, target, only }: Pick<Playbook, 'setting' | 'target' | 'only'>,
  resource: ConfigResource,
): Promise<Held> {
  const { read, tags, list } = CONNECTED_SETTINGS[setting];
  if (target === 'each') {
    const items = (await list(clients, { ...resource, only })) ?? [];
    if ('why' in items) return { is: 'foreign', why: items.why };
    return { is: 'held', held: items, tags: items.length === 0 ? {} : await tags(clients, resource) };
  }
  const name = target(resource);
  if (name === undefined) return { is: 'gone' };
  const reading = await read(clients, { account: resource.account, region: resource.region, target: name });
  switch (reading.is) {
    case 'set':
      return { is: 'held', held: [{ target: name, text: reading.text }], tags: await tags(clients, resource) };
    case 'underway':
      throw new CountersignError('underway', `${setting} is being changed`);
    case 'gone':
    case 'foreign':
      return reading;
  }
}
