import { DescribeInstancesCommand, ModifyInstanceMetadataOptionsCommand } from '@aws-sdk/client-ec2';
import { readTagsOf } from './ec2-tags.ts';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

export const instanceMetadataTokensAdapter: SettingAdapter<{ readonly tokens: 'optional' | 'required' }> = {
  async read({ ec2 }, { target }) {
    try {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [target] }));
      const instance = Reservations[0]?.Instances?.[0];
      const state = instance?.State?.Name;
      if (instance === undefined || state === 'terminated' || state === 'shutting-down') return { is: 'gone' };
      const { State, HttpTokens } = instance.MetadataOptions ?? {};
      if (State === 'pending') return { is: 'underway' };
      return { is: 'set', content: { tokens: HttpTokens === 'required' ? 'required' : 'optional' } };
    } catch (thrown) {
      if (isNamed(thrown, 'InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed')) return { is: 'gone' };
      throw thrown;
    }
  },
  async write({ ec2 }, { target }, { to }) {
    // What is not given stays as it is.
    await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: target, HttpTokens: to?.tokens }));
  },
  tags: ({ ec2 }, { id }) => readTagsOf(ec2, id),
  again: ['IncorrectInstanceState'],
};
