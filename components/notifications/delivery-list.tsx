import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { DeliveryRow } from '#lib/model/notification-view.ts';
import { paths } from '#lib/model/paths.ts';
import { DELIVERY_TONES, DELIVERY_WORDS, deliveryWay, isUnderWay } from './channel-words.ts';
import { Follow } from './follow.tsx';

/** What went wrong is worth a line while it may go wrong again, and when it stayed so. */
const isUnsettled = ({ status }: DeliveryRow) => status !== 'sent' && status !== 'delivered';
const words = (code: string) => code.replaceAll('_', ' ');

function Row({ row, renderedAtMs }: { row: DeliveryRow; renderedAtMs: number }) {
  return (
    <li className="border-t border-line first:border-t-0">
      <Link
        href={paths.delivery(row.id)}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="min-w-0 flex-1 basis-full sm:basis-56">
          <span className="wrap-anywhere">{row.title}</span>
          <span className="block text-xs text-muted wrap-anywhere">
            {deliveryWay(row)} · {words(row.reason)}
            {row.route !== null && ` · route ${row.route}`}
          </span>
          {row.lastError !== null && isUnsettled(row) && (
            <span className="block text-xs text-critical-text wrap-anywhere">{row.lastError}</span>
          )}
        </span>
        <span className="text-xs text-muted sm:w-40">
          <Ago atMs={row.createdAt} renderedAtMs={renderedAtMs} />
          <span className="block">
            {row.attempts} {row.attempts === 1 ? 'try' : 'tries'}
            {row.finishReason && ` · ${words(row.finishReason)}`}
          </span>
        </span>
        <span className="ml-auto text-right sm:w-24">
          <Badge tone={DELIVERY_TONES[row.status]}>{DELIVERY_WORDS[row.status]}</Badge>
        </span>
      </Link>
    </li>
  );
}

/** Messages with what became of them, newest first. */
export function DeliveryList(props: { rows: readonly DeliveryRow[]; renderedAtMs: number }) {
  if (props.rows.length === 0) return <StateMessage kind="empty" title="Nothing was sent yet" compact />;
  return (
    <Card label="Messages" className="overflow-hidden">
      <Follow active={props.rows.some(isUnderWay)} />
      <ul>
        {props.rows.map((row) => (
          <Row key={row.id} row={row} renderedAtMs={props.renderedAtMs} />
        ))}
      </ul>
    </Card>
  );
}
