import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { ToneMark } from '#components/ui/status.tsx';
import type { WorkloadView } from '#lib/model/workload.ts';

/** What the cluster tells of a workload lately; clusters forget it after an hour or so. */
export function WorkloadEvents({ view, renderedAtMs }: { view: WorkloadView; renderedAtMs: number }) {
  const { events, eventsUnknown } = view;
  return (
    <Card label="Events" className="overflow-hidden">
      <CardHeader title="Events" hint="as long as the cluster keeps them" />
      {events.length === 0 ? (
        <p className="px-4 pt-1 pb-4 text-sm text-muted wrap-anywhere">
          {eventsUnknown ?? 'Nothing was told lately.'}
        </p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {events.map(({ about, reason, message, count, lastSeenAt, isWarning }) => (
            <li key={`${about}/${reason}`} className="flex flex-wrap gap-x-4 gap-y-1 px-4 py-2 text-sm">
              <span className="min-w-0 flex-1 basis-64">
                <span className="flex items-center gap-1.5">
                  {isWarning && <ToneMark tone="warning" shape="triangle" />}
                  <span className="font-medium">{reason}</span>
                  {isWarning && <span className="sr-only">Warning</span>}
                  {count > 1 && <span className="text-xs text-muted">{count} times</span>}
                </span>
                <span className="block wrap-anywhere">{message}</span>
                <span className="block text-xs text-muted wrap-anywhere">{about}</span>
              </span>
              <span className="text-xs text-muted">
                <Ago atMs={lastSeenAt} renderedAtMs={renderedAtMs} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
