import { clsx } from 'clsx';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { DeploymentEvent } from '#lib/model/deployment.ts';
import { formatPlural } from '#lib/model/format.ts';
import { eventWords, isTrouble, messageParts } from './timeline-words.ts';

/** What is said of an entry beside its words; what the page links to is not named by its id. */
function messageOf({ code, message }: DeploymentEvent): string {
  return code === 'rolled_back' ? '' : messageParts(message).words;
}

/** Everything that happened to a deployment, the latest first (deployment S-53). */
export function Timeline(props: { events: readonly DeploymentEvent[]; renderedAtMs: number }) {
  const { events, renderedAtMs } = props;
  return (
    <Card label="Timeline">
      <CardHeader title="Timeline" hint={formatPlural(events.length, 'entry', 'entries')} />
      <ol className="flex flex-col px-4 pb-3">
        {events.toReversed().map((event) => (
          <li
            key={event.id}
            data-event={event.code}
            className="relative border-l border-line-strong py-1.5 pl-4 before:absolute before:top-3.5 before:-left-[3.5px] before:size-1.5 before:rounded-full before:bg-faint"
          >
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
              <span className={clsx(isTrouble(event) ? 'text-critical-text' : 'text-ink')}>
                {eventWords(event)}
              </span>
              <span className="text-xs text-muted">
                <Ago atMs={event.at} renderedAtMs={renderedAtMs} />
              </span>
            </p>
            {messageOf(event) !== '' && (
              <p className="text-sm whitespace-pre-line text-muted wrap-anywhere">{messageOf(event)}</p>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
