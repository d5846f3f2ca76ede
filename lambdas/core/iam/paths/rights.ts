import { compileRules, type Part, type Rule } from '../compare/compile-rule.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { matchesWildcard } from '../wildcard.ts';

/** A statement of a policy that a principal holds. */
export interface Clause {
  /** Name of the policy for people: `inline policy x`, an ARN, `policy 2`. */
  readonly policy: string;
  /** Counted from 1. */
  readonly statement: number;
  readonly rule: Rule;
}

/** A policy ready to be asked, however many principals hold it. */
export class HeldPolicy {
  readonly clauses: readonly Clause[];
  /** Whether a statement denies anything. */
  readonly denies: boolean;
  #allowed: ReadonlySet<string> | undefined;
  readonly #byAction = new Map<string, { readonly allow: readonly Clause[]; readonly deny: readonly Clause[] }>();

  constructor(name: string, document: PolicyDocument) {
    this.clauses = compileRules(document, undefined).map((rule) => ({
      policy: name,
      statement: rule.statement.number,
      rule,
    }));
    this.denies = document.statements.some(({ effect }) => effect === 'Deny');
  }

  /** Statements that speak of the action (lower case). */
  of(action: string): { readonly allow: readonly Clause[]; readonly deny: readonly Clause[] } {
    let found = this.#byAction.get(action);
    if (found === undefined) {
      const matching = this.clauses.filter(({ rule }) => matchesAction(rule.actions, action));
      found = {
        allow: matching.filter(({ rule }) => rule.statement.effect === 'Allow'),
        deny: matching.filter(({ rule }) => rule.statement.effect === 'Deny'),
      };
      this.#byAction.set(action, found);
    }
    return found;
  }

  /** Those of the actions that a statement allows on something. */
  allowedOf(actions: ActionCatalogue): ReadonlySet<string> {
    this.#allowed ??= new Set(
      this.clauses.flatMap(({ rule }) => (rule.statement.effect === 'Allow' ? listActions(rule.actions, actions) : [])),
    );
    return this.#allowed;
  }
}

/** Actions that are asked about, by service. */
export type ActionCatalogue = ReadonlyMap<string, readonly string[]>;

function listActions({ mode, texts, loose }: Part, catalogue: ActionCatalogue): readonly string[] {
  const ofServices = (pattern: string) => {
    const service = pattern.slice(0, pattern.indexOf(':'));
    const known = catalogue.get(service);
    return known ?? (/[*?]/.test(service) || !pattern.includes(':') ? [...catalogue.values()].flat() : []);
  };
  const named = [
    ...[...texts].filter((text) => catalogue.get(text.slice(0, text.indexOf(':')))?.includes(text)),
    ...loose.flatMap(({ text }) => ofServices(text).filter((action) => matchesWildcard(text, action))),
  ];
  if (mode === 'in') return named;
  const left = new Set(named);
  return [...catalogue.values()].flat().filter((action) => !left.has(action));
}

function matchesAction({ mode, texts, loose }: Part, action: string): boolean {
  const isNamed =
    texts.has(action) || loose.some(({ text, prefix }) => action.startsWith(prefix) && matchesWildcard(text, action));
  return isNamed === (mode === 'in');
}

/** Everything that bounds what a principal may do, apart from policies of resources and of organizations. */
export interface Rights {
  /** Inline and attached policies, those of its groups too. */
  readonly policies: readonly HeldPolicy[];
  readonly boundary: HeldPolicy | undefined;
}
