import type { Metadata } from 'next';
import { ReceiverView } from '#components/receiver/receiver-view.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listSenders } from '#lib/pipeline/live/receiver-queries.ts';
import { read } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Receiver' };

export default async function ReceiverPage() {
  const report = await read(listSenders, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Receiver">
        What each sender had accepted and refused in the last 7 days. Counts move every few seconds.
      </PageHeader>
      <ReceiverView initial={report} renderedAtMs={Date.now()} />
    </div>
  );
}
