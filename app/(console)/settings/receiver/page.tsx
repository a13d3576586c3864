import type { Metadata } from 'next';
import { ReceiverTotals } from '#components/receiver/receiver-totals.tsx';
import { SenderTable } from '#components/receiver/sender-table.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { listSenders } from '#lib/pipeline/receiver-queries.ts';
import { read } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Receiver' };

export default async function ReceiverPage() {
  const { senders, totals } = await read(listSenders, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Receiver">
        What each sender had accepted and refused in the last 7 days. A new count shows within seconds of a
        reload.
      </PageHeader>
      {senders.length === 0 ? (
        <StateMessage
          kind="empty"
          title="No sender was heard in the last 7 days"
          action={<ButtonLink href={paths.connect()}>Connect an agent</ButtonLink>}
        >
          Senders appear here with their first request. One that is missing did not reach the receiver, or its
          API key was refused.
        </StateMessage>
      ) : (
        <>
          <ReceiverTotals totals={totals} />
          <SenderTable senders={senders} renderedAtMs={Date.now()} />
        </>
      )}
    </div>
  );
}
