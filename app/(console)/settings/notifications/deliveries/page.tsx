import type { Metadata } from 'next';
import { DeliveryList } from '#components/notifications/delivery-list.tsx';
import { SectionTabs } from '#components/notifications/section-tabs.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { listDeliveries } from '#lib/notifications/delivery-queries.ts';
import { readPage, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Delivery log' };

export default async function DeliveriesPage(props: { searchParams: Promise<Record<string, unknown>> }) {
  const { cursor } = await props.searchParams;
  await requireActor(paths.deliveries());
  const { items, nextCursor } = await readPage(listDeliveries, {}, cursor);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Notifications">Every message with what became of it, newest first.</PageHeader>
      <SectionTabs current="deliveries" />
      <DeliveryList rows={items} renderedAtMs={Date.now()} />
      {nextCursor !== null && (
        <div>
          <ButtonLink href={paths.deliveries({ cursor: nextCursor })}>Older</ButtonLink>
        </div>
      )}
    </div>
  );
}
