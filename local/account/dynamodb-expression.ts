import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Placeholders } from './dynamodb-placeholders.ts';
import { RESERVED_WORDS } from './dynamodb-reserved-words.ts';
import { type Token, tokenize } from './dynamodb-tokens.ts';
import { validationError } from './dynamodb-values.ts';

/** Where in an item: attribute name, then names and list positions. */
export type Path = readonly [string, ...(string | number)[]];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly of: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly wanted: boolean }
  | { readonly kind: 'begins-with' | 'contains' | 'attribute-type'; readonly left: Operand; readonly right: Operand };

export type UpdateValue =
  | Operand
  | { readonly kind: 'if-not-exists'; readonly path: Path; readonly otherwise: UpdateValue }
  | { readonly kind: 'list-append'; readonly left: UpdateValue; readonly right: UpdateValue }
  | { readonly kind: 'sum'; readonly sign: 1 | -1; readonly left: UpdateValue; readonly right: UpdateValue };

export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly value: UpdateValue }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: AttributeValue };

const COMPARATORS: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];
const DEEPEST = 100;

/** Recursive-descent parser of one expression (DynamoDB developer guide, "Condition expressions" and "Update expressions"). */
export class ExpressionParser {
  private readonly what: string;
  private readonly tokens: readonly Token[];
  private readonly placeholders: Placeholders;
  private position = 0;
  private depth = 0;

  constructor(what: string, text: string, placeholders: Placeholders) {
    this.what = what;
    this.placeholders = placeholders;
    this.tokens = tokenize(text, (message) => this.fault(message));
  }

  parseCondition(): Condition {
    const condition = this.readOr();
    this.expectEnd();
    return condition;
  }

  parseProjection(): Path[] {
    const paths = this.readList(() => this.readPath());
    this.expectEnd();
    return paths;
  }

  parseUpdate(): UpdateAction[] {
    const seen = new Set<string>();
    const actions: UpdateAction[] = [];
    while (this.peek().kind !== 'end') {
      const clause = this.next().text.toUpperCase();
      if (seen.has(clause)) throw this.fault(`The "${clause}" section can only be used once in an update expression;`);
      seen.add(clause);
      actions.push(...this.readList(() => this.readAction(clause)));
    }
    if (actions.length === 0) throw this.fault('The expression can not be empty;');
    return actions;
  }

  private readAction(clause: string): UpdateAction {
    if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(clause)) throw this.fault(`Syntax error; token: "${clause}"`);
    const path = this.readPath();
    if (clause === 'REMOVE') return { kind: 'remove', path };
    if (clause === 'SET') {
      this.expect('=');
      return { kind: 'set', path, value: this.readUpdateValue() };
    }
    const token = this.next();
    if (token.kind !== 'value') throw this.syntaxFault(token);
    return { kind: clause === 'ADD' ? 'add' : 'delete', path, value: this.placeholders.value(token.text) };
  }

  private readUpdateValue(): UpdateValue {
    const left = this.readUpdateTerm();
    const symbol = this.peek().text;
    if (symbol !== '+' && symbol !== '-') return left;
    this.next();
    return { kind: 'sum', sign: symbol === '+' ? 1 : -1, left, right: this.readUpdateTerm() };
  }

  private readUpdateTerm(): UpdateValue {
    const name = this.callName();
    if (name === undefined) return this.readOperand();
    this.next();
    this.expect('(');
    const term = this.readUpdateCall(name);
    this.expect(')');
    return term;
  }

  private readUpdateCall(name: string): UpdateValue {
    if (name === 'if_not_exists') {
      const path = this.readPath();
      this.expect(',');
      return { kind: 'if-not-exists', path, otherwise: this.readUpdateTerm() };
    }
    if (name !== 'list_append') throw this.fault(`Invalid function name; function: ${name}`);
    const left = this.readUpdateTerm();
    this.expect(',');
    return { kind: 'list-append', left, right: this.readUpdateTerm() };
  }

  private readOr(): Condition {
    let left = this.readAnd();
    while (this.takeWord('OR')) left = { kind: 'or', left, right: this.readAnd() };
    return left;
  }

  private readAnd(): Condition {
    let left = this.readNot();
    while (this.takeWord('AND')) left = { kind: 'and', left, right: this.readNot() };
    return left;
  }

  private readNot(): Condition {
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.fault('The expression is nested too deeply');
    const condition: Condition = this.takeWord('NOT') ? { kind: 'not', condition: this.readNot() } : this.readPrimary();
    this.depth -= 1;
    return condition;
  }

  private readPrimary(): Condition {
    if (this.peek().text === '(') {
      this.next();
      const condition = this.readOr();
      this.expect(')');
      return condition;
    }
    const name = this.callName();
    if (name !== undefined && name !== 'size') return this.readCall(name);
    const left = this.readOperand();
    if (this.takeWord('BETWEEN')) {
      const low = this.readOperand();
      if (!this.takeWord('AND')) throw this.syntaxFault(this.peek());
      return { kind: 'between', operand: left, low, high: this.readOperand() };
    }
    if (this.takeWord('IN')) {
      this.expect('(');
      const list = this.readList(() => this.readOperand());
      this.expect(')');
      if (list.length > 100) throw this.fault('The IN operator takes up to 100 operands');
      return { kind: 'in', operand: left, list };
    }
    const token = this.next();
    const comparator = COMPARATORS.find((one) => one === token.text);
    if (comparator === undefined) throw this.syntaxFault(token);
    return { kind: 'compare', comparator, left, right: this.readOperand() };
  }

  private readCall(name: string): Condition {
    this.next();
    this.expect('(');
    const condition = this.readConditionCall(name);
    this.expect(')');
    return condition;
  }

  private readConditionCall(name: string): Condition {
    switch (name) {
      case 'attribute_exists':
        return { kind: 'exists', path: this.readPath(), wanted: true };
      case 'attribute_not_exists':
        return { kind: 'exists', path: this.readPath(), wanted: false };
      case 'begins_with':
        return { kind: 'begins-with', ...this.readTwoOperands() };
      case 'contains':
        return { kind: 'contains', ...this.readTwoOperands() };
      case 'attribute_type':
        return { kind: 'attribute-type', ...this.readTwoOperands() };
      default:
        throw this.fault(`Invalid function name; function: ${name}`);
    }
  }

  private readTwoOperands(): { left: Operand; right: Operand } {
    const left = this.readOperand();
    this.expect(',');
    return { left, right: this.readOperand() };
  }

  private readOperand(): Operand {
    if (this.callName() === 'size') {
      this.next();
      this.expect('(');
      const of = this.readOperand();
      this.expect(')');
      return { kind: 'size', of };
    }
    const token = this.peek();
    if (token.kind !== 'value') return { kind: 'path', path: this.readPath() };
    this.next();
    return { kind: 'value', value: this.placeholders.value(token.text) };
  }

  private readPath(): Path {
    const rest: (string | number)[] = [];
    const first = this.readName();
    for (;;) {
      if (this.peek().text === '.') {
        this.next();
        rest.push(this.readName());
      } else if (this.peek().text === '[') {
        this.next();
        const index = this.next();
        if (index.kind !== 'number') throw this.syntaxFault(index);
        rest.push(Number(index.text));
        this.expect(']');
      } else {
        return [first, ...rest];
      }
    }
  }

  private readName(): string {
    const token = this.next();
    if (token.kind === 'name') return this.placeholders.name(token.text);
    if (token.kind !== 'word') throw this.syntaxFault(token);
    if (!RESERVED_WORDS.has(token.text.toUpperCase())) return token.text;
    throw this.fault(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
  }

  /** The name of the function called here, if it is a call. Function names are case-sensitive, keywords are not. */
  private callName(): string | undefined {
    const token = this.peek();
    return token.kind === 'word' &&
      this.tokens[this.position + 1]?.text === '(' &&
      !/^(?:NOT|AND|OR|IN|BETWEEN)$/i.test(token.text)
      ? token.text
      : undefined;
  }

  private readList<Entry>(read: () => Entry): Entry[] {
    const entries = [read()];
    while (this.peek().text === ',') {
      this.next();
      entries.push(read());
    }
    return entries;
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || token.text.toUpperCase() !== word) return false;
    this.next();
    return true;
  }

  private expect(symbol: string): void {
    const token = this.next();
    if (token.text !== symbol) throw this.syntaxFault(token);
  }

  private expectEnd(): void {
    const token = this.peek();
    if (token.kind !== 'end') throw this.syntaxFault(token);
  }

  private peek(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: '<EOF>' };
  }

  private next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  private syntaxFault(token: Token): Error {
    return this.fault(`Syntax error; token: "${token.text}"`);
  }

  private fault(message: string): Error {
    return validationError(`Invalid ${this.what}: ${message}`);
  }
}
