'use client';

import { AlarmClock } from 'lucide-react';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';

const CHOICES = [
  { minutes: 15, words: '15 minutes' },
  { minutes: 60, words: '1 hour' },
  { minutes: 240, words: '4 hours' },
  { minutes: 1440, words: '1 day' },
  { minutes: 10_080, words: '1 week' },
] as const;

/** Acknowledge for a while; then the alert is active again. */
export function SnoozeMenu({ name, onSnooze }: { name: string; onSnooze: (minutes: number) => void }) {
  return (
    <Menu
      label={`Snooze ${name}`}
      trigger={
        <>
          <Icon of={AlarmClock} />
          Snooze
        </>
      }
    >
      {CHOICES.map(({ minutes, words }) => (
        <button
          key={minutes}
          type="button"
          role="menuitem"
          className={MENU_ITEM}
          onClick={() => onSnooze(minutes)}
        >
          {words}
        </button>
      ))}
      <p className="mt-1 max-w-56 border-t border-line px-2 pt-2 pb-1 text-xs text-muted">
        Acknowledged until then; active and escalated again afterwards.
      </p>
    </Menu>
  );
}
