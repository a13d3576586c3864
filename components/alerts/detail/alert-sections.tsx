'use client';

import { usePathname } from 'next/navigation';
import { Tabs } from '#components/ui/tabs.tsx';
import { paths } from '#lib/model/paths.ts';

const SECTIONS = [
  { href: paths.alerts(), label: 'Inbox' },
  { href: paths.alertRules(), label: 'Rules' },
  { href: paths.silences(), label: 'Silences' },
  { href: paths.maintenance(), label: 'Maintenance' },
  { href: paths.alertStats(), label: 'Statistics' },
] as const;

/** The pages about alerts, side by side. */
export function AlertSections() {
  const pathname = usePathname();
  const within = SECTIONS.slice(1).find(({ href }) => pathname.startsWith(href));
  const current = within?.href ?? paths.alerts();
  return (
    <div className="border-b border-line">
      <Tabs
        label="Alerts"
        tabs={SECTIONS.map(({ href, label }) => ({ href, label, current: href === current }))}
      />
    </div>
  );
}
