import {
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { isNamed, type SettingAdapter, type SettingItem } from './setting-adapter.ts';

export const trailLoggingAdapter: SettingAdapter<{ readonly logging: boolean }> = {
  async read({ cloudtrail }, { target }) {
    try {
      const { IsLogging } = await cloudtrail.send(new GetTrailStatusCommand({ Name: target }));
      return { is: 'set', content: { logging: IsLogging === true } };
    } catch (thrown) {
      if (isNamed(thrown, 'TrailNotFoundException')) return { is: 'gone' };
      throw thrown;
    }
  },
  async write({ cloudtrail }, { target }, { to }) {
    await (to?.logging
      ? cloudtrail.send(new StartLoggingCommand({ Name: target }))
      : cloudtrail.send(new StopLoggingCommand({ Name: target })));
  },
  // The subject is the account. That a trail records is what every tool that holds one wants.
  tags: async () => ({}),
  async list({ cloudtrail }, { account, region }) {
    // Those of other regions and of the organization are shadows here, and are started where they are at home.
    const { trailList = [] } = await cloudtrail.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
    const items: SettingItem<{ readonly logging: boolean }>[] = [];
    for (const { TrailARN: target = '', HomeRegion } of trailList) {
      if (HomeRegion !== region || target.split(':')[4] !== account) continue;
      const { IsLogging } = await cloudtrail.send(new GetTrailStatusCommand({ Name: target }));
      items.push({ target, content: { logging: IsLogging === true } });
    }
    return items;
  },
  again: ['ConflictException'],
};
