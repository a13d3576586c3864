import { CalendarClock } from 'lucide-react';
import Link from 'next/link';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { MaintenanceView } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { Matchers } from './matchers.tsx';
import { Occurrences } from './occurrences.tsx';

/** Maintenance windows with their next times; what is on now comes first. */
export function MaintenanceList(props: {
  windows: readonly MaintenanceView[];
  mayChange: boolean;
  renderedAtMs: number;
}) {
  const { windows, mayChange, renderedAtMs } = props;
  if (windows.length === 0)
    return (
      <StateMessage
        kind="empty"
        title="No maintenance is planned"
        action={
          mayChange && (
            <ButtonLink href={paths.newMaintenance()} icon={CalendarClock}>
              Plan maintenance
            </ButtonLink>
          )
        }
      >
        During maintenance alerts are kept quiet, once or every week. What still fires when it ends is told
        then.
      </StateMessage>
    );
  return (
    <Card label="Maintenance windows">
      <ul>
        {windows
          .toSorted((a, b) => Number(b.isOn) - Number(a.isOn))
          .map((window) => (
            <li
              key={window.id}
              className="relative grid gap-x-4 gap-y-1.5 border-t border-line px-4 py-2.5 text-sm first:border-t-0 hover:bg-hover sm:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]"
            >
              <div className="flex min-w-0 flex-col gap-1">
                <span className="flex flex-wrap items-center gap-2">
                  <Link
                    href={paths.maintenanceWindow(window.id)}
                    className="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                  >
                    {window.name}
                  </Link>
                  {window.isOn && <Badge tone="warning">On now</Badge>}
                  {!window.enabled && <Badge>Not in force</Badge>}
                </span>
                <Matchers matchers={window.matchers} />
              </div>
              <div className="text-xs">
                <Occurrences when={window.when} zone={window.timeZone} fromMs={renderedAtMs} count={3} />
                <span className="text-muted">{window.timeZone}</span>
              </div>
            </li>
          ))}
      </ul>
    </Card>
  );
}
