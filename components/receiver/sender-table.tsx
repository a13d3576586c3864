import { clsx } from 'clsx';
import { Fragment } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { formatCount, MISSING } from '#lib/model/format.ts';
import type { SenderView } from '#lib/model/receiver.ts';

const COLUMNS = [
  { label: 'Sender' },
  { label: 'Convention' },
  { label: 'Accepted', isNumber: true },
  { label: 'Refused', isNumber: true },
  { label: 'Not understood', isNumber: true },
  { label: 'Last seen', isNumber: true },
];
const CELL = 'cell-x md:h-(--row) md:border-t md:border-line max-md:p-0';
const NUMBER = clsx(CELL, 'whitespace-nowrap md:text-right');

const SENDER_NAMES: Record<string, string> = {
  __other__: 'Further senders',
  unknown_service: 'Without a service name',
};

/** Senders, the last heard first, each with why items were refused and what helps; cards on phones. */
export function SenderTable({
  senders,
  renderedAtMs,
}: {
  senders: readonly SenderView[];
  renderedAtMs: number;
}) {
  return (
    <Card label="Senders" className="overflow-hidden">
      <table className="w-full border-separate border-spacing-0 text-sm max-md:block">
        <thead className="max-md:sr-only">
          <tr className="text-xs text-muted">
            {COLUMNS.map(({ label, isNumber }) => (
              <th
                key={label}
                scope="col"
                className={clsx('cell-x h-9 font-normal', isNumber ? 'text-right' : 'text-left')}
              >
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {senders.map((sender) => (
            <Fragment key={sender.sender}>
              <SenderLine sender={sender} renderedAtMs={renderedAtMs} />
              {sender.refusals.length > 0 && <Refusals sender={sender} />}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** A number with its name beside it where the head of the table is not seen. */
function Count({ label, value, strong = false }: { label: string; value: number; strong?: boolean }) {
  return (
    <td className={NUMBER}>
      <span aria-hidden="true" className="mr-1.5 text-xs text-muted md:hidden">
        {label}
      </span>
      <span className={strong ? 'font-medium text-warning-text' : undefined}>{formatCount(value)}</span>
    </td>
  );
}

function SenderLine({ sender, renderedAtMs }: { sender: SenderView; renderedAtMs: number }) {
  const { accepted, refused, duplicates, unmapped, contentDropped, conventions, lastSeenAt } = sender;
  return (
    <tr
      data-sender={sender.sender}
      className="max-md:grid max-md:grid-cols-2 max-md:gap-x-4 max-md:gap-y-1 max-md:border-t max-md:border-line max-md:px-4 max-md:py-3"
    >
      <td className={clsx(CELL, 'font-medium wrap-anywhere max-md:col-span-2')}>
        {SENDER_NAMES[sender.sender] ?? sender.sender}
        {duplicates > 0 && (
          <span className="ml-2 text-xs font-normal text-muted">
            {formatCount(duplicates)} sent again, counted once
          </span>
        )}
        {contentDropped > 0 && (
          <span className="ml-2 text-xs font-normal text-warning-text">
            {formatCount(contentDropped)} stored without content: a redaction rule could not be applied
          </span>
        )}
      </td>
      <td className={clsx(CELL, 'text-muted max-md:col-span-2', conventions.length === 0 && 'max-md:hidden')}>
        {conventions.join(', ') || MISSING}
      </td>
      <Count label="Accepted" value={accepted} />
      <Count label="Refused" value={refused} strong={refused > 0} />
      <Count label="Not understood" value={unmapped} />
      <td className={clsx(NUMBER, 'text-muted')}>
        <Ago atMs={lastSeenAt} renderedAtMs={renderedAtMs} />
      </td>
    </tr>
  );
}

function Refusals({ sender }: { sender: SenderView }) {
  return (
    <tr className="max-md:block">
      <td colSpan={COLUMNS.length} className="cell-x pb-3 max-md:block max-md:px-4">
        <ul className="flex flex-col gap-2 rounded-md bg-sunken px-3 py-2 text-xs">
          {sender.refusals.map(({ reason, count, words, hint }) => (
            <li key={reason} data-refusal={reason}>
              <span className="font-medium">
                {formatCount(count)} refused: {words}.
              </span>{' '}
              <code className="font-mono text-muted">{reason}</code>
              <span className="mt-0.5 block max-w-[80ch] text-muted">{hint}</span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
