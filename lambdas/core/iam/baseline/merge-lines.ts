import { leavePathOut } from '../iam-arn.ts';
import { groupClaims, readClaimedBaseline } from './group-claims.ts';
import { readSignedLines } from './signed-lines.ts';

/**
 * The signed statements of two files about one ARN in one: those of the newest version that either claims, each once, those of the first file first. What is
 * older is left out: it can never count again. Nothing is verified here, so both files have to be verified before. Undefined where one is beyond all bounds.
 */
export function mergeSignedLines(arn: string, first: string, second: string): string | undefined {
  const lines = [...new Set(`${first}\n${second}`.split('\n').map((line) => line.trim()))].filter(
    (line) => line !== '',
  );
  const candidates = readSignedLines(lines.join('\n'));
  if (candidates === undefined) return undefined;
  const newest = newestVersion(arn, lines.join('\n')) ?? 0;
  const kept = lines.filter((_line, index) => {
    const candidate = candidates[index];
    const claims = candidate && groupClaims([candidate], arn);
    const version = claims?.baselines[0]?.predicate.version ?? claims?.approvals[0]?.predicate.baselineVersion;
    return version === newest;
  });
  return kept.map((line) => `${line}\n`).join('');
}

/** The highest version that a file claims for an ARN, unverified; undefined where it claims none. */
export function newestVersion(arn: string, text: string): number | undefined {
  const candidates = readSignedLines(text) ?? [];
  const versions = groupClaims(candidates, arn).baselines.map(({ predicate }) => predicate.version);
  return versions.length === 0 ? undefined : Math.max(...versions);
}

/**
 * The ARN that a file is about, path included, for one whose path is not known: the one of its newest baseline, where that has this name. Unverified: whoever uses
 * it verifies the file for that ARN.
 */
export function findClaimedArn(named: string, text: string): string | undefined {
  const claimed = (readSignedLines(text) ?? []).flatMap((candidate) => readClaimedBaseline(candidate) ?? []);
  const [newest] = claimed
    .filter(({ state }) => leavePathOut(state.arn) === leavePathOut(named))
    .toSorted((one, other) => other.version - one.version);
  return newest?.state.arn;
}
