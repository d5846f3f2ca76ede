import type { PatternSet, PolicyDocument, Statement } from '../policy-document.ts';
import { readPattern, type TextPattern } from '../text-pattern.ts';
import { type CompiledCondition, compileCondition } from './compile-condition.ts';
import { type Caller, type CallerSet, type ResolvePrincipal, readCaller } from './principals.ts';

/** A letter that policies do not hold. */
const OTHER = '\x7f';

/** One pattern of a statement: as it is written, and taken apart when that is asked for, which for most it never is. */
export class Entry {
  readonly text: string;
  /** Letters in front of the first wildcard or variable. */
  readonly prefix: string;
  /** Without wildcard or variable: it stands for one text. */
  readonly single: boolean;
  readonly #variables: boolean;
  #pattern: TextPattern | undefined;
  #samples: readonly string[] | undefined;

  constructor(text: string, variables: boolean) {
    const ends = [text.indexOf('*'), text.indexOf('?'), variables ? text.indexOf('${') : -1].filter((end) => end >= 0);
    this.text = text;
    this.single = ends.length === 0;
    this.prefix = this.single ? text : text.slice(0, Math.min(...ends));
    this.#variables = variables;
  }

  get pattern(): TextPattern {
    this.#pattern ??= readPattern(this.text, { wildcards: true, variables: this.#variables });
    return this.#pattern;
  }

  /** Some of its texts, if it has no variable. */
  get samples(): readonly string[] {
    this.#samples ??= ['', OTHER].map((run) => this.text.replaceAll('*', run).replaceAll('?', OTHER));
    return this.#samples;
  }
}

/** `Action` or `Resource` (`in`), `NotAction` or `NotResource`. */
export interface Part {
  readonly mode: 'in' | 'not-in';
  readonly entries: readonly Entry[];
  readonly texts: ReadonlySet<string>;
  /** Entries that are no single text. */
  readonly loose: readonly Entry[];
}

/** A statement ready for reasoning: what it says holds for the requests that are in each of its parts and meet each condition. */
export interface Rule {
  readonly statement: Statement;
  readonly actions: Part;
  readonly resources: Part | undefined;
  readonly callers: CallerSet | undefined;
  readonly conditions: readonly CompiledCondition[];
  /** Rules of the same effect and identity hold for the same requests. */
  readonly identity: string;
}

/** Takes the statements of a document apart. */
export function compileRules(document: PolicyDocument, resolve: ResolvePrincipal | undefined): readonly Rule[] {
  const variables = document.version === '2012-10-17';
  return document.statements.map((statement) => {
    const actions = compilePart(toActionUniverse(statement.actions), false);
    const resources = statement.resources && compilePart(statement.resources, variables);
    const callers = statement.principals && {
      mode: statement.principals.mode,
      callers: dedupeCallers(statement.principals.principals.map((principal) => readCaller(principal, resolve))),
    };
    const conditions = statement.conditions.map((condition) => compileCondition(condition, variables));
    return {
      statement,
      actions,
      resources,
      callers,
      conditions,
      identity: identify({ actions, resources, callers, conditions }, variables),
    };
  });
}

/** Every action is a service and a name, so `*` says the same as `*:*`. */
function toActionUniverse({ mode, patterns }: PatternSet): PatternSet {
  return { mode, patterns: patterns.map((pattern) => (/^\*+$/.test(pattern) ? '*:*' : pattern)) };
}

/** Takes one element apart; with `variables`, `${…}` is a policy variable. */
export function compilePart({ mode, patterns }: PatternSet, variables: boolean): Part {
  const texts = new Set(patterns);
  const entries = [...texts].map((text) => new Entry(text, variables && text.includes('${')));
  return { mode, texts, entries, loose: entries.filter(({ single }) => !single) };
}

/** The part without the patterns that have nothing in common with this one: within it, it says the same. */
export function restrictPart(part: Part, entry: Entry | undefined): Part {
  if (entry === undefined) return part;
  const entries = part.entries.filter((one) => mayMeet(one, entry));
  return entries.length === part.entries.length ? part : { ...part, entries };
}

/** Whether the letters in front of the wildcards let two patterns have a text in common. */
export function mayMeet(one: Entry, other: Entry): boolean {
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
}

function nameCaller({ kind, form, name }: Caller): string {
  return `${kind} ${form} ${name}`;
}

function dedupeCallers(callers: readonly Caller[]): readonly Caller[] {
  return [...new Map(callers.map((caller) => [nameCaller(caller), caller])).values()];
}

function identify(
  { actions, resources, callers, conditions }: Omit<Rule, 'identity' | 'statement'>,
  variables: boolean,
): string {
  return JSON.stringify([
    writePart(actions, false),
    resources === undefined ? '' : writePart(resources, variables),
    callers === undefined ? '' : [callers.mode, ...callers.callers.map(nameCaller).sort()],
    [...new Set(conditions.map(({ identity }) => identity))].sort(),
  ]);
}

function writePart({ mode, texts }: Part, variables: boolean): readonly string[] {
  const sorted = [...texts].sort();
  return [mode, variables && sorted.some((text) => text.includes('${')) ? 'variables' : '', ...sorted];
}
