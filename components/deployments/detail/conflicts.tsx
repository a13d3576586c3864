import { Card, CardHeader } from '#components/ui/card.tsx';
import type { FieldConflict } from '#lib/model/deployment.ts';
import { formatPlural } from '#lib/model/format.ts';

const HEAD = 'cell-x h-9 border-b border-line text-left text-xs font-normal text-muted';

/** The fields that other managers own, where they stood in the way (deployment S-03). */
export function Conflicts({ conflicts }: { conflicts: readonly FieldConflict[] }) {
  if (conflicts.length === 0) return null;
  return (
    <Card label="Field conflicts" className="overflow-hidden">
      <CardHeader title="Field conflicts" hint={formatPlural(conflicts.length, 'field')} />
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th scope="col" className={HEAD}>
              Field
            </th>
            <th scope="col" className={HEAD}>
              Owned by
            </th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map(({ field, manager }) => (
            <tr key={`${field} ${manager}`}>
              <td className="cell-x border-b border-line py-2 font-mono text-xs wrap-anywhere">{field}</td>
              <td className="cell-x border-b border-line py-2 align-top font-medium wrap-anywhere">
                {manager}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
