import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { messageOf } from '../../lambdas/core/errors.ts';
import { formatPath, type Problem } from './problem.ts';

/** Largest configuration file in characters. */
const LARGEST = 1024 * 1024;
/** Deepest nesting: a trust policy of the deepest requirement needs 20. */
const DEEPEST = 40;

/** A YAML document read strictly, with the places of its parts. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** The place of a part, or of the nearest part around it that is there. `of: 'key'` is the place of its key. */
  locate(path: readonly PropertyKey[], of?: 'key' | 'value'): { readonly line: number; readonly column: number };
}

export type YamlReading =
  | { readonly ok: true; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads one YAML document (JSON is YAML) with nothing clever in it: no duplicate keys, no tags, no anchors and aliases, no keys but text, one document, bounded size and depth.
 * What a reviewer sees is what is read.
 */
export function readYaml(text: string, file: string): YamlReading {
  if (text.length > LARGEST) return refuse({ file, path: '', message: `larger than ${LARGEST} characters` });
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      strict: true,
      lineCounter: lines,
      prettyErrors: false,
    });
  } catch (error) {
    // The parser is recursive: nesting without end ends its stack.
    return refuse({ file, path: '', message: `cannot be read as YAML: ${messageOf(error)}` });
  }
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].slice(0, 20);
  if (faults.length > 0) {
    return refuse(
      ...faults.map(({ message, pos }) => ({
        file,
        ...placeOf(pos[0]),
        path: '',
        message: message.split('\n')[0] ?? '',
      })),
    );
  }
  const refused = [...findRefused(document.contents, [])].slice(0, 20);
  if (refused.length > 0) {
    return refuse(
      ...refused.map(({ node, path, ...rest }) => ({
        file,
        ...placeOf(node.range?.[0] ?? 0),
        path: formatPath(path),
        ...rest,
      })),
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  return {
    ok: true,
    yaml: { file, value, locate: (path, of = 'value') => placeOf(findOffset(document.contents, path, of)) },
  };
}

function refuse(...problems: readonly Problem[]): YamlReading {
  return { ok: false, problems };
}

interface Refused {
  readonly node: Node;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly accepted: string;
}

function* findRefused(node: unknown, path: readonly (string | number)[]): Generator<Refused> {
  if (!isNode(node)) return;
  if (isAlias(node)) {
    yield { node, path, message: 'an alias', accepted: 'the value itself' };
    return;
  }
  if (node.anchor !== undefined) yield { node, path, message: 'an anchor', accepted: 'the value without it' };
  if (node.tag !== undefined) yield { node, path, message: 'a tag', accepted: 'the value without it' };
  if (!isCollection(node)) return;
  if (path.length >= DEEPEST) {
    yield { node, path, message: `nested deeper than ${DEEPEST}`, accepted: 'less nesting' };
    return;
  }
  for (const [index, item] of node.items.entries()) {
    if (!isPair(item)) {
      yield* findRefused(item, [...path, index]);
    } else if (isScalar(item.key) && typeof item.key.value === 'string') {
      yield* findRefused(item.key, path);
      yield* findRefused(item.value, [...path, item.key.value]);
    } else {
      yield {
        node: isNode(item.key) ? item.key : node,
        path,
        message: 'a key that is not text',
        accepted: 'a name as key',
      };
    }
  }
}

function findOffset(top: Node | null, path: readonly PropertyKey[], of: 'key' | 'value'): number {
  let node: unknown = top;
  let offset = isNode(top) ? (top.range?.[0] ?? 0) : 0;
  for (const [depth, part] of path.entries()) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const item: unknown = pair === undefined ? node.items[typeof part === 'number' ? part : -1] : pair.value;
    const key = pair !== undefined && isNode(pair.key) ? pair.key : undefined;
    const shown = (of === 'key' && depth === path.length - 1) || !isNode(item) ? (key ?? item) : item;
    if (!isNode(shown)) break;
    offset = shown.range?.[0] ?? offset;
    node = item;
  }
  return offset;
}
