import { ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { AuditPage } from '#lib/model/audit-log.ts';
import { paths, type Query } from '#lib/model/paths.ts';
import { AuditRow } from './audit-row.tsx';
import type { Names } from './change-words.ts';

/** A page of the audit log; `query` are the search parameters that it was asked with. */
export function AuditList(props: { page: AuditPage; query: Query; isFirst: boolean; names: Names }) {
  const { page, query, isFirst, names } = props;
  if (page.items.length === 0)
    return (
      <StateMessage kind="empty" title="No rows" compact>
        Nothing that was done matches these filters.
      </StateMessage>
    );
  return (
    <>
      <Card label="Rows" className="overflow-hidden">
        <ul>
          {page.items.map((row) => (
            <AuditRow key={row.seq} row={row} names={names} />
          ))}
        </ul>
      </Card>
      <div className="flex justify-end gap-2">
        {!isFirst && <ButtonLink href={paths.auditLog(query)}>Newest</ButtonLink>}
        {page.nextCursor !== null && (
          <ButtonLink href={paths.auditLog({ ...query, cursor: page.nextCursor })}>Older</ButtonLink>
        )}
      </div>
    </>
  );
}
