import { styleText } from 'node:util';
import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import { type Described, describeOrigin, VERDICTS } from '../output/describe-result.ts';
import type { Result } from '../output/result.ts';
import { makeVisible } from '../output/visible.ts';
import { advise } from './advice.ts';
import type { EvidenceNode, Standing } from './evidence-tree.ts';

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';
type Paint = (colour: Colour, text: string) => string;

/** Reasons that are told before the tree. */
const MOST_REASONS = 5;

const STANDINGS: Readonly<Record<Standing, { readonly word: string; readonly colour: Colour }>> = {
  satisfied: { word: 'ok', colour: 'green' },
  failed: { word: 'FAILED', colour: 'red' },
  missing: { word: 'missing', colour: 'yellow' },
  error: { word: 'undecided', colour: 'yellow' },
  open: { word: 'in part', colour: 'dim' },
};
const CHECKS = { passed: ['+', 'green'], failed: ['x', 'red'], skipped: ['-', 'dim'] } as const;

/** A result as a tree for people: the verdict, why, and what to do, in a few lines; below, each line of the policy with what was tried for it and every check. */
export function describeTree(
  result: Result,
  tree: readonly EvidenceNode[],
  { name, judgedBy, repository }: Described,
  colours: boolean,
): string {
  const paint: Paint = (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text);
  const { verdict, policy, reasons } = result;
  const verdictColour =
    verdict === 'verified' ? 'green' : verdict === 'unsigned' || verdict === 'invalid' ? 'red' : 'yellow';
  const forRepository = repository === undefined ? '' : `, for the repository ${repository}`;
  const more = reasons.length - MOST_REASONS;
  return `${[
    `${paint(verdictColour, VERDICTS[verdict])}: ${makeVisible(name)}`,
    ...reasons.slice(0, MOST_REASONS).map(({ code, message }) => `  why: ${makeVisible(`${message} [${code}]`)}`),
    ...(more > 0 ? [`  why: ${more} more reasons, in the tree`] : []),
    ...advise(result).map((advice) => `  next: ${paint('bold', advice)}`),
    '',
    `policy: ${makeVisible(`${policy ?? 'none'} (${judgedBy}${forRepository})`)}`,
    ...tree.flatMap((node) => describeNode(node, '', '', paint)),
  ].join('\n')}\n`;
}

function describeNode(node: EvidenceNode, head: string, indent: string, paint: Paint): readonly string[] {
  const { word, colour } = STANDINGS[node.standing];
  const title = `${head}${paint(colour, word)}: ${makeVisible(node.title)} ${paint('dim', makeVisible(`(${node.line})`))}`;
  const children = [
    ...node.parts.map((part) => (first: string, rest: string) => describeNode(part, first, rest, paint)),
    ...node.tried.map((one) => (first: string, rest: string) => describeTried(one, first, rest, paint)),
  ];
  return [
    title,
    ...children.flatMap((describe, index) => {
      const last = index === children.length - 1;
      return describe(`${indent}${last ? '`- ' : '|- '}`, `${indent}${last ? '   ' : '|  '}`);
    }),
  ];
}

function describeTried(evidence: Evidence, head: string, indent: string, paint: Paint): readonly string[] {
  const { outcome, checks, signer, reason } = evidence;
  const { word, colour } = STANDINGS[outcome];
  const because = reason === undefined ? undefined : makeVisible(`${reason.message} [${reason.code}]`);
  const where = describeOrigin(evidence) ?? (checks.length > 0 ? 'the policy itself' : undefined);
  // That nothing is there is said by the reason alone.
  const title = where === undefined ? (because ?? 'nothing') : makeVisible(where);
  return [
    `${head}${paint(colour, word)}: ${title}`,
    ...(signer === undefined ? [] : [`${indent}signer: ${makeVisible(signer)}`]),
    ...(because === undefined || where === undefined ? [] : [`${indent}because: ${because}`]),
    ...checks.map(({ check, result, detail }) => {
      const [sign, shade] = CHECKS[result];
      return `${indent}${paint(shade, sign)} ${check.padEnd(27)}${makeVisible(detail)}`;
    }),
  ];
}
