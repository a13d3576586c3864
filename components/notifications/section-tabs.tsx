import { Tabs } from '#components/ui/tabs.tsx';
import { paths } from '#lib/model/paths.ts';

type Section = 'channels' | 'devices' | 'deliveries';

/** The sections of the notification settings. */
export function SectionTabs({ current }: { current: Section }) {
  const tab = (section: Section, href: string, label: string) => ({
    href,
    label,
    current: current === section,
  });
  return (
    <Tabs
      label="Notifications"
      tabs={[
        tab('channels', paths.notifications(), 'Channels'),
        tab('devices', paths.devices(), 'Your devices'),
        tab('deliveries', paths.deliveries(), 'Delivery log'),
      ]}
    />
  );
}
