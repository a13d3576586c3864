import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { paths } from '#lib/model/paths.ts';
import type { AuditQuery } from './audit-query.ts';

/** The filters of the log: a form that asks for the page with them in its address, also without scripts. */
export function AuditFilters({ query }: { query: AuditQuery }) {
  const { ledger, actor, action, targetKind, targetId, outcome, since, until } = query;
  const isFiltered = [actor, action, targetKind, targetId, outcome, since, until].some(
    (value) => value !== '',
  );
  return (
    <Card label="Filters">
      <form action={paths.auditLog()} className="flex flex-col gap-3 p-4">
        {ledger === 'installation' && <input type="hidden" name="ledger" value={ledger} />}
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
          <TextField
            label="Who"
            name="actor"
            defaultValue={actor}
            maxLength={320}
            placeholder="Name or email"
          />
          <TextField
            label="Action"
            name="action"
            defaultValue={action}
            maxLength={100}
            placeholder="agent, sign-in …"
          />
          <TextField
            label="Kind of target"
            name="targetKind"
            defaultValue={targetKind}
            maxLength={100}
            placeholder="alert-rule …"
          />
          <TextField label="Id of target" name="targetId" defaultValue={targetId} maxLength={500} />
          <SelectField label="Outcome" name="outcome" defaultValue={outcome}>
            <option value="">All</option>
            <option value="ok">Done</option>
            <option value="denied">Denied</option>
            <option value="failed">Failed</option>
          </SelectField>
          <TextField label="From day (UTC)" name="since" type="date" defaultValue={since} />
          <TextField label="To day (UTC)" name="until" type="date" defaultValue={until} />
          <div className="flex items-end gap-2">
            <Button type="submit" variant="primary">
              Filter
            </Button>
            {isFiltered && (
              <ButtonLink href={paths.auditLog(ledger === 'installation' ? { ledger } : {})} variant="ghost">
                Clear
              </ButtonLink>
            )}
          </div>
        </div>
      </form>
    </Card>
  );
}
