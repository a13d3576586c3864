import type { AccessFinding } from '#lib/model/cluster.ts';

/** What may be done in each namespace, what may not first: in words, with the cluster's reason. */
export function AccessPreview(props: { access: readonly AccessFinding[]; namespaces: readonly string[] }) {
  const namespaces = props.namespaces.map((namespace) => ({
    namespace,
    findings: props.access.filter((finding) => finding.namespace === namespace),
  }));
  return (
    <dl className="flex flex-col gap-1 text-xs">
      {namespaces
        .filter(({ findings }) => findings.length > 0)
        .map(({ namespace, findings }) => (
          <NamespaceAccess key={namespace} namespace={namespace} findings={findings} />
        ))}
    </dl>
  );
}

function NamespaceAccess({ namespace, findings }: { namespace: string; findings: readonly AccessFinding[] }) {
  const refused = findings.filter(({ isAllowed }) => !isAllowed);
  const allowed = findings.filter(({ isAllowed }) => isAllowed);
  return (
    <div>
      <dt className="font-mono wrap-anywhere">{namespace}</dt>
      {refused.length > 0 && (
        <dd className="text-warning-text">
          May not: {refused.map(({ says, reason }) => (reason ? `${says} (${reason})` : says)).join(', ')}
        </dd>
      )}
      {allowed.length > 0 && (
        <dd className="text-muted">
          {refused.length === 0 ? 'May do all that Pitwall does: ' : 'May: '}
          {allowed.map(({ says }) => says).join(', ')}
        </dd>
      )}
    </div>
  );
}
