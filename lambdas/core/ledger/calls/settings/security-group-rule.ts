import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** One rule of a security group, taken apart. A group has a rule once: what it allows is its name, and only its description and tags can be set. */
export interface NamedRule {
  readonly group: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: { readonly kind: 'ipv4' | 'ipv6' | 'prefix' | 'group'; readonly name: string };
}

/** `sg-1/ingress/tcp/22/22/ipv4:0.0.0.0/0`; a group of another account as `group:123456789012/sg-2`. */
const NAME =
  /^(sg-[0-9a-f]{8,32})\/(ingress|egress)\/(-1|tcp|udp|icmp|icmpv6|\d{1,3})\/(-1|\d{1,5})\/(-1|\d{1,5})\/(?:(ipv4):([\d.]{7,15}\/\d{1,2})|(ipv6):([0-9a-f:.]{2,45}\/\d{1,3})|(prefix):(pl-[0-9a-f]{8,32})|(group):((?:\d{12}\/)?sg-[0-9a-f]{8,32}))$/;

/** The name of a rule as a text. */
export function nameRule({ group, direction, protocol, fromPort, toPort, peer }: NamedRule): string {
  return [group, direction, protocol, fromPort, toPort, `${peer.kind}:${peer.name}`].join('/');
}

/** The rule that `nameRule` made a text of, or undefined. */
export function parseRuleName(name: string): NamedRule | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, group = '', direction, protocol = '', fromPort, toPort, ...peer] = match;
  const at = peer.findIndex((part) => part !== undefined);
  const kind = (['ipv4', 'ipv6', 'prefix', 'group'] as const)[at / 2];
  if (kind === undefined) return undefined;
  return {
    ...{ group, direction: direction === 'egress' ? 'egress' : 'ingress', protocol },
    ...{ fromPort: Number(fromPort), toPort: Number(toPort), peer: { kind, name: peer[at + 1] ?? '' } },
  };
}

const ACTIONS = {
  ingress: { set: 'ec2:AuthorizeSecurityGroupIngress', clear: 'ec2:RevokeSecurityGroupIngress' },
  egress: { set: 'ec2:AuthorizeSecurityGroupEgress', clear: 'ec2:RevokeSecurityGroupEgress' },
} as const;

/** A rule of a security group, one for each call, so that no call can be half made (EC2 API Reference, AuthorizeSecurityGroupIngress). A rule that comes back has another id. */
export const securityGroupRule = defineSetting({
  target: NAME,
  content: z.strictObject({
    description: z.string().min(1).max(255).nullable(),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)),
  }),
  canBeAbsent: true,
  canBeReplaced: false,
  actions: [
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:RevokeSecurityGroupIngress',
  ],
  actionFor(to, target) {
    const { set, clear } = ACTIONS[parseRuleName(target)?.direction ?? 'ingress'];
    return to === null ? clear : set;
  },
  describe: (target, to) => `${to === null ? 'remove' : 'put back'} the rule ${target}`,
});
