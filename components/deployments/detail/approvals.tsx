import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { formatPlural } from '#lib/model/format.ts';

interface ApprovalsProps {
  deployment: DeploymentDetail;
  renderedAtMs: number;
}

/** Who approved or rejected it with which words, and how many are still needed. */
export function Approvals({ deployment, renderedAtMs }: ApprovalsProps) {
  const { status, approvals } = deployment;
  const { needed, given, expiresAt } = approvals;
  if (needed === 0) return null;
  const approved = given.filter(({ decision }) => decision === 'approved').length;
  const isWaiting = status === 'awaiting_approval';
  const missing = Math.max(0, needed - approved);
  return (
    <Card label="Approvals">
      <CardHeader title="Approvals" hint={`${approved} of ${needed}`} />
      <div className="flex flex-col gap-2 px-4 pb-3 text-sm">
        {isWaiting && missing > 0 && (
          <p className="text-muted">
            {formatPlural(missing, 'more person', 'more people')} must approve it
            {expiresAt !== null && (
              <>
                {' '}
                until <Moment atMs={expiresAt} />
              </>
            )}
            .
          </p>
        )}
        {given.length === 0 && !isWaiting && <p className="text-muted">Nobody decided about it.</p>}
        {given.length > 0 && (
          <ul className="flex flex-col gap-2">
            {given.map(({ by, decision, comment, at }) => (
              <li key={`${by} ${at}`} className="min-w-0">
                <span className="flex flex-wrap items-center gap-x-2">
                  <span className="font-medium wrap-anywhere">{by}</span>
                  <Badge tone={decision === 'approved' ? 'ok' : 'critical'}>
                    {decision === 'approved' ? 'Approved' : 'Rejected'}
                  </Badge>
                  <span className="text-xs text-muted">
                    <Ago atMs={at} renderedAtMs={renderedAtMs} />
                  </span>
                </span>
                {comment !== '' && (
                  <span className="block whitespace-pre-line text-muted wrap-anywhere">{comment}</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
