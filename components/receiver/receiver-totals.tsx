import { Card } from '#components/ui/card.tsx';
import { Stat } from '#components/ui/stat.tsx';
import { formatCount } from '#lib/model/format.ts';
import type { ReceiverReport } from '#lib/model/receiver.ts';

/** What all senders of a team had accepted and refused. */
export function ReceiverTotals({ totals }: { totals: ReceiverReport['totals'] }) {
  const { accepted, refused, tooManySeries, unmapped } = totals;
  return (
    <Card label="All senders over 7 days">
      <dl className="grid grid-cols-2 divide-line *:border-line lg:grid-cols-4 lg:divide-x">
        <Stat label="Items accepted" value={formatCount(accepted)} />
        <Stat label="Items refused" value={formatCount(refused)} />
        <Stat
          label="Over the series limit"
          value={formatCount(tooManySeries)}
          live={{ name: 'too_many_series', value: tooManySeries }}
        />
        <Stat label="Attributes not understood" value={formatCount(unmapped)} />
      </dl>
    </Card>
  );
}
