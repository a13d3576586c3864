'use client';

import { Bell, Volume2, VolumeX } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useTeamEvents } from '#components/live/hooks.ts';
import { Button } from '#components/ui/button.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { countToAnswer } from '#lib/model/alert.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { setSound, sound, soundIsOn } from './alert-sound.ts';
import { keepBadge } from './badge-title.ts';
import { useAlertCounts } from './use-alert-counts.ts';

/** Alerts that need somebody, from every page: number, title of the tab and, where wanted, a sound. */
export function AlertsBell() {
  const counts = useAlertCounts();
  const asking = counts === null ? 0 : countToAnswer(counts);
  useEffect(() => keepBadge(asking), [asking]);
  const words = counts === null ? 'Alerts' : `${formatPlural(asking, 'alert')} to answer`;
  const isSerious = counts !== null && counts.bySeverity.critical + counts.bySeverity.error > 0;
  return (
    <div className="flex items-center">
      <Link
        href={paths.alerts()}
        aria-label={words}
        data-alerts={asking}
        className="touch inline-flex size-8 items-center justify-center rounded-md hover:bg-active"
      >
        <span className="relative">
          <Icon of={Bell} />
          {asking > 0 && (
            <span
              className={`absolute -top-2 left-2 min-w-4 rounded-full px-1 text-center text-xs leading-4 font-medium text-surface ${
                isSerious ? 'bg-critical' : 'bg-ink'
              }`}
            >
              {asking > 99 ? '99+' : asking}
            </span>
          )}
        </span>
      </Link>
      <SoundSwitch />
    </div>
  );
}

/** Sounds when an alert is new here; off until this browser is told otherwise. */
function SoundSwitch() {
  const [on, setOn] = useState(false);
  useEffect(() => setOn(soundIsOn()), []);
  useTeamEvents((event) => {
    if (!on) return;
    const isNew = event.type === 'alert.changed' && event.status === 'active' && event.version === 1;
    if (isNew || event.type === 'alerts.changed') sound();
  });
  const choose = () => {
    setSound(!on);
    setOn(!on);
    if (!on) sound();
  };
  return (
    <span className="hidden md:inline">
      <Button
        variant="ghost"
        icon={on ? Volume2 : VolumeX}
        aria-pressed={on}
        aria-label={on ? 'Turn the sound of new alerts off' : 'Sound when an alert is new'}
        onClick={choose}
      />
    </span>
  );
}
