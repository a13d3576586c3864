import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Badge } from '#components/ui/status.tsx';
import { formatDuration } from '#lib/model/format.ts';
import type { DeliveryView } from '#lib/model/notification-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DELIVERY_TONES, DELIVERY_WORDS, deliveryWay, isUnderWay } from './channel-words.ts';
import { Follow } from './follow.tsx';

/** Words for how a try ended; one that is no status of a message stays as it is. */
const endOf = (status: string) =>
  Object.entries(DELIVERY_WORDS).find(([known]) => known === status)?.[1] ?? status;

function Tries({ tries }: { tries: DeliveryView['tries'] }) {
  return (
    <Card label="Tries" className="overflow-hidden">
      <CardHeader title="Tries" />
      {tries.length === 0 && <p className="px-4 pb-4 text-sm text-muted">Not tried yet.</p>}
      <ol>
        {tries.map((one) => (
          <li key={one.attempt} className="border-t border-line px-4 py-2.5 text-sm">
            <span className="font-medium">
              {one.attempt}. {endOf(one.status)}
            </span>{' '}
            <span className="text-xs text-muted">
              <Moment atMs={one.startedAt} />
              {one.httpStatus !== null && ` · HTTP ${one.httpStatus}`}
              {one.reason !== '' && ` · ${one.reason.replaceAll('_', ' ')}`}
              {one.endedAt !== null && ` · ${formatDuration(Math.max(0, one.endedAt - one.startedAt))}`}
            </span>
            {one.error !== null && (
              <p className="mt-1 text-xs text-critical-text wrap-anywhere">{one.error}</p>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Ways to what it was about and where it went. */
function Links({ delivery: { alertIds, channelId } }: { delivery: DeliveryView }) {
  const [alertId] = alertIds;
  if (alertId === undefined && channelId === null) return null;
  return (
    <p className="flex flex-wrap gap-x-4 text-sm">
      {alertId !== undefined && (
        <Link href={paths.alert(alertId)} className="touch inline-flex items-center underline">
          Alert
        </Link>
      )}
      {channelId !== null && (
        <Link
          href={paths.notificationChannel(channelId)}
          className="touch inline-flex items-center underline"
        >
          Channel
        </Link>
      )}
    </p>
  );
}

/** One message: what it said, where it went and every try to send it. */
export function DeliveryDetail({ delivery, renderedAtMs }: { delivery: DeliveryView; renderedAtMs: number }) {
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card label="Message">
        <CardHeader title={deliveryWay(delivery)}>
          <Badge tone={DELIVERY_TONES[delivery.status]}>{DELIVERY_WORDS[delivery.status]}</Badge>
        </CardHeader>
        <div className="flex flex-col gap-2 px-4 pb-4 text-sm">
          {delivery.text !== '' && <p className="whitespace-pre-wrap wrap-anywhere">{delivery.text}</p>}
          <p className="text-xs text-muted">
            Caused <Ago atMs={delivery.createdAt} renderedAtMs={renderedAtMs} />:{' '}
            {delivery.reason.replaceAll('_', ' ')}
            {delivery.route !== null && ` by route ${delivery.route}`}
            {delivery.finishReason &&
              ` · ${isUnderWay(delivery) ? 'last try' : 'ended'}: ${delivery.finishReason.replaceAll('_', ' ')}`}
            {delivery.nextAttemptAt !== null && (
              <>
                {' '}
                · next try <Moment atMs={delivery.nextAttemptAt} />
              </>
            )}
          </p>
          <Links delivery={delivery} />
        </div>
      </Card>
      <Tries tries={delivery.tries} />
      <Follow active={isUnderWay(delivery)} />
    </div>
  );
}
