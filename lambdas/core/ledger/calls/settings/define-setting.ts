import type { z } from 'zod';
import { canonicalize } from '../../../canonical-json.ts';

/** What one kind of setting of AWS is: where it stands, what it can hold, and which call sets it. Contents are typed here and canonical JSON in a plan. */
export interface SettingDefinition<Content, Action extends string = string> {
  /** The whole name of what holds the setting, as the API takes it. No character that could break out of a sentence. */
  readonly target: RegExp;
  readonly content: z.ZodType<Content>;
  /** Whether having none is a state of its own, which a plan can lead to. */
  readonly canBeAbsent: boolean;
  /** `false`: AWS has calls to and from none only, and none from one content to another. Absent: it has. */
  readonly canBeReplaced?: false;
  /** Every API action that can set it (API reference of the service). */
  readonly actions: readonly Action[];
  /** The one that leads to a content. */
  readonly actionFor: (to: Content | null, target: string) => Action;
  /** In words, as the end of "it would …". */
  readonly describe: (target: string, to: Content | null) => string;
  /** What two contents share that mean the same to AWS. Absent: the content itself. */
  readonly essence?: (content: Content) => unknown;
}

/** A kind of setting behind canonical texts; `null` is a setting that is absent. */
export interface Setting<Content, Action extends string = string> extends SettingDefinition<Content, Action> {
  /** The canonical text of a content. Throws a ZodError where the content is none. */
  toText(content: Content | null): string | null;
  /** The content of a canonical text; undefined for everything else. */
  fromText(text: string | null): { readonly content: Content | null } | undefined;
  /** Whether one call leads from one canonical text to another that means something else. */
  canLead(from: string | null, to: string | null): boolean;
  /** Whether two canonical texts mean the same. */
  isSame(one: string | null, other: string | null): boolean;
  /** The action that leads to a canonical text, and the words for it; undefined for any other text. */
  explain(target: string, to: string | null): { readonly action: Action; readonly words: string } | undefined;
}

/** Completes the definition of a kind of setting. */
export function defineSetting<Content, const Action extends string>(
  definition: SettingDefinition<Content, Action>,
): Setting<Content, Action> {
  const { content: schema, canBeAbsent, essence = (content: Content) => content } = definition;
  const setting: Setting<Content, Action> = {
    ...definition,
    toText: (content) => (content === null ? null : canonicalize(schema.parse(content))),
    fromText(text) {
      if (text === null) return canBeAbsent ? { content: null } : undefined;
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success && canonicalize(parsed.data) === text ? { content: parsed.data } : undefined;
    },
    isSame(one, other) {
      if (one === other || one === null || other === null) return one === other;
      const [left, right] = [setting.fromText(one)?.content, setting.fromText(other)?.content];
      if (left === undefined || left === null || right === undefined || right === null) return false;
      return canonicalize(essence(left)) === canonicalize(essence(right));
    },
    canLead(from, to) {
      if (setting.isSame(from, to)) return false;
      return definition.canBeReplaced !== false || from === null || to === null;
    },
    explain(target, to) {
      const known = setting.fromText(to);
      if (known === undefined) return undefined;
      return { action: definition.actionFor(known.content, target), words: definition.describe(target, known.content) };
    },
  };
  return setting;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no content: the schema refuses it.
    return undefined;
  }
}
