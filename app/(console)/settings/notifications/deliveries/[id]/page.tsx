import type { Metadata } from 'next';
import { DeliveryDetail } from '#components/notifications/delivery-detail.tsx';
import { SectionTabs } from '#components/notifications/section-tabs.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';

export const metadata: Metadata = { title: 'Message' };

export default async function DeliveryPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireActor(paths.delivery(id));
  const delivery = await records.delivery(id);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={delivery.title} />
      <SectionTabs current="deliveries" />
      <DeliveryDetail delivery={delivery} renderedAtMs={Date.now()} />
    </div>
  );
}
