'use client';

import { Ago } from '#components/ui/ago.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import type { ReceiverReport } from '#lib/model/receiver.ts';
import { ReceiverTotals } from './receiver-totals.tsx';
import { SenderTable } from './sender-table.tsx';
import { useReceiverReport } from './use-receiver-report.ts';

/** What each sender had accepted and refused, counting on while it is looked at. */
export function ReceiverView({ initial, renderedAtMs }: { initial: ReceiverReport; renderedAtMs: number }) {
  const { report, failingSinceMs } = useReceiverReport(initial);
  if (report.senders.length === 0) {
    return (
      <StateMessage
        kind="empty"
        title="No sender was heard in the last 7 days"
        action={<ButtonLink href={paths.connect()}>Connect an agent</ButtonLink>}
      >
        Senders appear here by themselves with their first request. One that is missing did not reach the
        receiver, or its API key was refused.
      </StateMessage>
    );
  }
  return (
    <>
      {failingSinceMs !== null && (
        <p
          role="alert"
          className="rounded-lg border border-line bg-warning-tint px-4 py-2 text-sm text-warning-text"
        >
          These counts could not be read for{' '}
          <Ago atMs={failingSinceMs} renderedAtMs={renderedAtMs} words="span" />. The next try is on its way.
        </p>
      )}
      <ReceiverTotals totals={report.totals} />
      <SenderTable senders={report.senders} renderedAtMs={renderedAtMs} />
    </>
  );
}
