import type { Metadata } from 'next';
import { DeviceList } from '#components/notifications/device-list.tsx';
import { SectionTabs } from '#components/notifications/section-tabs.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { listDevices } from '#lib/notifications/devices/devices.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { registerDevice, removeDevice, testDevices } from '../actions.ts';

export const metadata: Metadata = { title: 'Your devices' };

export default async function DevicesPage() {
  await requireActor(paths.devices());
  const { items, publicKey } = await read(listDevices, {});
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Notifications">
        Browsers of yours that show alerts, also while no page is open.
      </PageHeader>
      <SectionTabs current="devices" />
      <DeviceList
        devices={items}
        publicKey={publicKey}
        register={registerDevice}
        remove={removeDevice}
        test={testDevices}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}
