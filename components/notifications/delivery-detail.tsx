import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import { formatUtc } from '#lib/model/format.ts';
import type { DeliveryView } from '#lib/model/notification-view.ts';
import { DELIVERY_TONES, DELIVERY_WORDS, KIND_WORDS } from './channel-words.ts';

function Tries({ tries }: { tries: DeliveryView['tries'] }) {
  return (
    <Card label="Tries" className="overflow-hidden">
      <CardHeader title="Tries" />
      {tries.length === 0 && <p className="px-4 pb-4 text-sm text-muted">Not tried yet.</p>}
      <ol>
        {tries.map((one) => (
          <li key={one.attempt} className="border-t border-line px-4 py-2.5 text-sm">
            <span className="font-medium">
              {one.attempt}. {one.status}
            </span>{' '}
            <span className="text-xs text-muted">
              {formatUtc(one.startedAt)}
              {one.httpStatus !== null && ` · HTTP ${one.httpStatus}`}
              {one.reason !== '' && ` · ${one.reason.replaceAll('_', ' ')}`}
              {one.endedAt !== null && ` · ${Math.max(0, Math.round(one.endedAt - one.startedAt))} ms`}
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

/** One message: what it said, where it went and every try to send it. */
export function DeliveryDetail({ delivery, renderedAtMs }: { delivery: DeliveryView; renderedAtMs: number }) {
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card label="Message">
        <CardHeader title={KIND_WORDS[delivery.kind]} hint={delivery.to}>
          <Badge tone={DELIVERY_TONES[delivery.status]}>{DELIVERY_WORDS[delivery.status]}</Badge>
        </CardHeader>
        <div className="flex flex-col gap-2 px-4 pb-4 text-sm">
          {delivery.text !== '' && <p className="whitespace-pre-wrap wrap-anywhere">{delivery.text}</p>}
          <p className="text-xs text-muted">
            Caused <Ago atMs={delivery.createdAt} renderedAtMs={renderedAtMs} />:{' '}
            {delivery.reason.replaceAll('_', ' ')}
            {delivery.finishReason && ` · ended: ${delivery.finishReason.replaceAll('_', ' ')}`}
            {delivery.nextAttemptAt !== null && ` · next try ${formatUtc(delivery.nextAttemptAt)}`}
          </p>
        </div>
      </Card>
      <Tries tries={delivery.tries} />
    </div>
  );
}
