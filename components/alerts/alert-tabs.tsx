import { Tabs } from '#components/ui/tabs.tsx';
import { paths } from '#lib/model/paths.ts';

const TABS = {
  inbox: { href: paths.alerts(), label: 'Inbox' },
  rules: { href: paths.alertRules(), label: 'Rules' },
  silences: { href: paths.silences(), label: 'Silences' },
  maintenance: { href: paths.maintenance(), label: 'Maintenance' },
} as const;

/** What there is about alerts, beside the inbox. */
export function AlertTabs({ current }: { current: keyof typeof TABS }) {
  const tabs = Object.entries(TABS).map(([key, tab]) => ({ ...tab, current: key === current }));
  return (
    <div className="border-b border-line">
      <Tabs label="Alerts" tabs={tabs} />
    </div>
  );
}
