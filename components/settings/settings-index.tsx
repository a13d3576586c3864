import { ChevronRight, type LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { Card } from '#components/ui/card.tsx';
import { Icon } from '#components/ui/icon.tsx';

interface Section {
  href: string;
  icon: LucideIcon;
  title: string;
  text: string;
}

/** The sections of the settings. */
export function SettingsIndex({
  label = 'Sections',
  sections,
}: {
  label?: string;
  sections: readonly Section[];
}) {
  return (
    <Card className="max-w-2xl overflow-hidden" label={label}>
      {sections.map((section) => (
        <Link
          key={section.href}
          href={section.href}
          className="flex items-center gap-3 border-t border-line px-4 py-3 first:border-t-0 hover:bg-hover focus-visible:-outline-offset-2"
        >
          <span className="text-muted">
            <Icon of={section.icon} size={20} />
          </span>
          <span className="min-w-0 flex-1">
            <span className="block text-sm font-medium">{section.title}</span>
            <span className="block text-xs text-muted">{section.text}</span>
          </span>
          <span className="text-faint">
            <Icon of={ChevronRight} />
          </span>
        </Link>
      ))}
    </Card>
  );
}
