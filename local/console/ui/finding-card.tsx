import type { FindingView } from '../api.ts';
import { prettyJson, safeLink } from './format.ts';

/** The finding as Security Hub shows it, and behind a fold as it was imported. */
export function FindingCard({ finding }: { readonly finding: FindingView }) {
  return (
    <section class="finding" aria-label="Finding">
      <p class="badges">
        <span class={`severity severity-${finding.severity.toLowerCase()}`}>{finding.severity}</span>
        <span class={`badge ${finding.recordState === 'ACTIVE' ? 'badge-active' : ''}`}>{finding.recordState}</span>
        <span class="badge">{finding.workflow}</span>
        <span class="badge">{finding.compliance}</span>
      </p>
      <h3>{finding.title}</h3>
      <p class="prose">{finding.description}</p>
      <h4>Remediation</h4>
      <p class="prose">
        {finding.remediation.text} <RemediationLink url={finding.remediation.url} />
      </p>
      <h4>{finding.resources.length === 1 ? 'Resource' : 'Resources'}</h4>
      <dl>
        {finding.resources.map(({ type, id }) => (
          <Row key={id} name={type} value={id} />
        ))}
      </dl>
      <h4>Finding</h4>
      <dl>
        <Row name="Id" value={finding.id} />
        <Row name="Types" value={finding.types.join(', ')} />
        <Row name="Created" value={finding.createdAt} />
        <Row name="Updated" value={finding.updatedAt} />
      </dl>
      {finding.productFields.length === 0 ? null : (
        <>
          <h4>Product fields</h4>
          <dl>
            {finding.productFields.map(({ name, value }) => (
              <Row key={name} name={name} value={value} />
            ))}
          </dl>
        </>
      )}
      <details class="raw">
        <summary class="raw-title">ASFF record</summary>
        <pre>{prettyJson(finding.raw)}</pre>
      </details>
    </section>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function RemediationLink({ url }: { readonly url: string }) {
  const link = safeLink(url);
  if (link === undefined) return <span>{url}</span>;
  return (
    <a href={link} target="_blank" rel="noreferrer noopener">
      {link}
    </a>
  );
}
