import type { Reason } from '../../errors.ts';
import type { Setting } from '../../ledger/calls/settings/define-setting.ts';
import type { SETTINGS, SettingName } from '../../ledger/calls/settings/index.ts';
import type { ConfigResource } from '../config-result.ts';

type ContentOf<Name extends SettingName> =
  (typeof SETTINGS)[Name] extends Setting<infer Content, string> ? Content : never;

/** What is to become of a setting. `refuse`: it is not right, and nothing that this playbook knows would make it so. */
export type Answer<Content> =
  | { readonly is: 'right' }
  | { readonly is: 'change'; readonly to: Content | null }
  | { readonly is: 'refuse'; readonly reason: Reason };

/** One setting of the resource that a fault is about: a resource may have several of a kind, such as the rules of a security group. */
export interface HeldSetting {
  /** As the API names it. */
  readonly target: string;
  /** Canonical text. */
  readonly text: string | null;
}

export interface PlaybookDefinition<Name extends SettingName> {
  /** Managed names of the Config rules that call for it. Controls of Security Hub are told by their rules. */
  readonly rules: readonly string[];
  /** Controls of Security Hub that it answers, for the documentation. */
  readonly controls: readonly string[];
  /** As Config names it. */
  readonly resourceType: string;
  readonly setting: Name;
  /** What holds the setting, where that follows from the resource; undefined where it is no such resource. `each`: AWS is asked which there are. */
  readonly target: ((resource: ConfigResource) => string | undefined) | 'each';
  /** With `each`: the only name under which the resource is meant. */
  readonly only?: string;
  /** How findings name the resource: its ARN, or for the account as Config has it. */
  readonly nameOf: (resource: ConfigResource) => string;
  readonly decide: (
    content: ContentOf<Name> | null,
    target: string,
    resource: ConfigResource,
  ) => Answer<ContentOf<Name>>;
  /** What may stop to work, one sentence. */
  readonly effect: string;
  /** What to write in the template of a stack instead, one clause. */
  readonly inTemplate: string;
}

/** A playbook over canonical texts. */
export interface Playbook extends Omit<PlaybookDefinition<SettingName>, 'decide'> {
  readonly decide: (
    held: HeldSetting,
    resource: ConfigResource,
  ) => Answer<never> | { readonly is: 'change'; readonly to: string | null };
}

/** Completes a playbook: its decision is over contents, and a plan holds their texts. */
export function definePlaybook<Name extends SettingName>(
  { decide, ...rest }: PlaybookDefinition<Name>,
  setting: Setting<ContentOf<Name>>,
): Playbook {
  return {
    ...rest,
    decide({ target, text }, resource) {
      const known = setting.fromText(text);
      if (known === undefined || !setting.target.test(target)) {
        return {
          is: 'refuse',
          reason: { code: 'unknown-content', message: 'The setting holds what no plan could put back.' },
        };
      }
      const answer = decide(known.content, target, resource);
      return answer.is === 'change' ? { is: 'change', to: setting.toText(answer.to) } : answer;
    },
  };
}
