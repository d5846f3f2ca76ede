import type { ReplayOutcome } from '../commands/read-outcome.ts';
import { describeResult } from './describe-result.ts';
import { makeVisible } from './visible.ts';

/** The outcome of a replay for people: the verdict first, then the way. */
export function describeReplay({ result, name, parsed, rules, steps, findings, notes }: ReplayOutcome): string {
  const way = [
    '',
    ...notes.map((note) => `note: ${makeVisible(note)}`),
    `event: ${makeVisible(parsed)}`,
    `rule: ${rules.length === 0 ? 'none takes it' : makeVisible(rules.join(', '))}`,
    ...(findings.length === 0 ? ['finding: none'] : findings.map((finding) => `finding: ${makeVisible(finding)}`)),
    'steps, in seconds after the event:',
    ...steps.map(
      ({ after, step, summary }) => `  ${after.toFixed(1).padStart(8)}  ${step.padEnd(12)}${makeVisible(summary)}`,
    ),
  ];
  return `${describeResult(result, { name, judgedBy: 'the configuration' })}${way.join('\n')}\n`;
}
