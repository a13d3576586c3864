import { clsx } from 'clsx';
import { Ago } from '#components/ui/ago.tsx';
import type { AlertEvent } from '#lib/model/alert-view.ts';
import { paths } from '#lib/model/paths.ts';
import { foldEvents, isTrouble } from './timeline-words.ts';

/** The message that an entry is about. */
function deliveryOf({ details }: AlertEvent): string | null {
  return typeof details.notificationId === 'string' ? details.notificationId : null;
}

/** Everything that happened to an alert, messages about it included; the latest first. */
export function Timeline({ events, renderedAtMs }: { events: readonly AlertEvent[]; renderedAtMs: number }) {
  return (
    <ol className="flex flex-col px-4 pb-3">
      {foldEvents(events.toReversed()).map(({ event, words }) => {
        const delivery = deliveryOf(event);
        return (
          <li
            key={event.id}
            data-event={event.kind}
            className="relative border-l border-line-strong py-1.5 pl-4 before:absolute before:top-3.5 before:-left-[3.5px] before:size-1.5 before:rounded-full before:bg-faint"
          >
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
              <span className={clsx(isTrouble(event) ? 'text-critical-text' : 'text-ink')}>
                {delivery === null ? (
                  words
                ) : (
                  <a href={paths.delivery(delivery)} className="underline-offset-2 hover:underline">
                    {words}
                  </a>
                )}
              </span>
              <span className="text-xs text-muted">
                <Ago atMs={event.at} renderedAtMs={renderedAtMs} />
              </span>
            </p>
            {event.note !== '' && (
              <p
                className={clsx(
                  'text-sm whitespace-pre-line wrap-anywhere',
                  event.kind === 'commented' ? 'mt-1 rounded-md bg-sunken px-3 py-2' : 'text-muted',
                )}
              >
                {event.note}
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
