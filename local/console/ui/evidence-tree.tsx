import type { EvidenceView, ImageView } from '../api.ts';
import { shortDigest } from './format.ts';
import { Icon, type IconName } from './icon.tsx';
import { Notice } from './notice.tsx';

const OUTCOMES: Readonly<Record<EvidenceView['outcome'], { readonly icon: IconName; readonly tone: string }>> = {
  satisfied: { icon: 'check', tone: 'verified' },
  failed: { icon: 'cross', tone: 'invalid' },
  missing: { icon: 'dash', tone: 'unsigned' },
  error: { icon: 'question', tone: 'error' },
};

const RESULTS: Readonly<Record<'passed' | 'failed' | 'skipped', { readonly icon: IconName; readonly tone: string }>> = {
  passed: { icon: 'check', tone: 'verified' },
  failed: { icon: 'cross', tone: 'invalid' },
  skipped: { icon: 'dash', tone: 'ignored' },
};

const ORIGINS = {
  referrer: 'referrer',
  'sig-tag': '.sig tag',
  'att-tag': '.att tag',
  'fallback-tag': 'fallback tag',
  file: 'file',
} as const;

/** Why the verdict is what it is: policy line, then what was found for it, then each check. */
export function EvidenceTree({ image }: { readonly image: ImageView | undefined }) {
  if (image === undefined || image.evidence.length === 0) {
    return (
      <Notice title="No evidence">Nothing has been looked at for this image, or no policy asks for anything.</Notice>
    );
  }
  return (
    <ul class="tree">
      {[...groupByLine(image.evidence)].map(([line, evidence]) => (
        <li key={line}>
          <details open>
            <summary class="policy-line">
              <code>{line}</code>
              <span>{evidence[0]?.requirement}</span>
            </summary>
            <ul class="policy-pieces">
              {evidence.map((piece, position) => (
                <li key={`${piece.origin?.manifest ?? ''}${position}`}>
                  <Piece piece={piece} />
                </li>
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}

function Piece({ piece }: { readonly piece: EvidenceView }) {
  const { icon, tone } = OUTCOMES[piece.outcome];
  return (
    <details open class="piece">
      <summary class="piece-title">
        <span class={`mark tone-${tone}`}>
          <Icon name={icon} />
          {piece.outcome}
        </span>
        <span>{describeOrigin(piece)}</span>
      </summary>
      {piece.signer === undefined ? null : <p class="signer">signed by {piece.signer}</p>}
      {piece.reason === undefined ? null : (
        <p class={`why tone-${tone}`}>
          <code>{piece.reason.code}</code> {piece.reason.message}
        </p>
      )}
      <ul class="checks">
        {piece.checks.map(({ check, result, detail }, position) => (
          <li key={`${check}${position}`}>
            <span class={`mark tone-${RESULTS[result].tone}`}>
              <Icon name={RESULTS[result].icon} />
              <span class="spoken">{result}</span>
            </span>
            <span>
              {check} <span class="check-detail">{detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function describeOrigin({ origin, format }: EvidenceView): string {
  if (origin === undefined) return 'nothing claims to fulfil this';
  const manifest = origin.manifest === undefined ? '' : ` ${shortDigest(origin.manifest)}`;
  return `${ORIGINS[origin.kind]}${manifest}${format === undefined ? '' : ` (${format})`}`;
}

function groupByLine(evidence: readonly EvidenceView[]): ReadonlyMap<string, readonly EvidenceView[]> {
  const lines = new Map<string, EvidenceView[]>();
  for (const piece of evidence) lines.set(piece.policyLine, [...(lines.get(piece.policyLine) ?? []), piece]);
  return lines;
}
