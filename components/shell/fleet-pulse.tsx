'use client';

import Link from 'next/link';
import { useFleetTotals } from '#components/live/hooks.ts';
import { STATUS_LOOKS, STATUSES_BY_URGENCY, StatusMark } from '#components/ui/status.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';

/** The fleet at the foot of the navigation: how many agents in which state, one click from each list. */
export function FleetPulse() {
  const totals = useFleetTotals();
  if (totals === null || totals.agents === 0) return null;
  return (
    <section aria-label="Fleet" className="border-t border-line pt-3 text-xs">
      <p className="px-2.5 pb-1.5 text-muted">{formatPlural(totals.agents, 'agent')}</p>
      {STATUSES_BY_URGENCY.filter((status) => totals.byStatus[status] > 0).map((status) => (
        <Link
          key={status}
          href={paths.agents({ status })}
          className="flex h-7 items-center gap-2 rounded-md px-2.5 hover:bg-hover"
        >
          <StatusMark status={status} />
          {STATUS_LOOKS[status].word}
          <span className="ml-auto font-medium">{totals.byStatus[status]}</span>
        </Link>
      ))}
    </section>
  );
}
