import type { Metadata } from 'next';
import { AuditFilters } from '#components/audit-log/audit-filters.tsx';
import { AuditList } from '#components/audit-log/audit-list.tsx';
import { auditFilterOf, readAuditQuery } from '#components/audit-log/audit-query.ts';
import { ExportAuditLog } from '#components/audit-log/export-audit-log.tsx';
import { VerifyAuditLog } from '#components/audit-log/verify-audit-log.tsx';
import { Card } from '#components/ui/card.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { listAuditLog, listInstallationAuditLog } from '#lib/audit-log/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { permissionNames } from '#lib/web/permission-names.ts';
import { readPage, requireActor } from '#lib/web/session.ts';
import { exportPiece, verifyLog } from './actions.ts';

export const metadata: Metadata = { title: 'Audit log' };

type Search = Promise<Record<string, string | string[] | undefined>>;

function Sections({ current }: { current: 'team' | 'installation' }) {
  const tab = (ledger: 'team' | 'installation', label: string) => ({
    href: paths.auditLog(ledger === 'team' ? {} : { ledger }),
    label,
    current: ledger === current,
  });
  return <Tabs label="Log" tabs={[tab('team', 'This team'), tab('installation', 'The installation')]} />;
}

export default async function AuditLogPage({ searchParams }: { searchParams: Search }) {
  const [{ permissions }, search] = await Promise.all([requireActor(), searchParams]);
  const query = readAuditQuery((name) => {
    const value = search[name];
    return typeof value === 'string' ? toStorable(value) : null;
  });
  const isInstallation = query.ledger === 'installation';
  const mayInstallation = permissions.has('accounts:read');
  if (!permissions.has(isInstallation ? 'accounts:read' : 'audit:read'))
    return (
      <StateMessage kind="no-permission" title="Your role may not read this audit log">
        {isInstallation
          ? 'It takes a role that holds for the whole installation.'
          : 'Admins of your team may.'}
      </StateMessage>
    );
  const filter = auditFilterOf(query);
  const page = await readPage(
    isInstallation ? listInstallationAuditLog : listAuditLog,
    filter,
    search.cursor,
  );
  const { ledger: _ledger, ...fields } = query;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Audit log">
        {isInstallation
          ? 'What was done that belongs to no team: the first start, sign-ins with unknown addresses, nightly verifications.'
          : 'Who did, or tried to do, what in this team. Rows are never changed, and each is bound to the one before it; they leave only as whole months that were archived, where this installation says so.'}
      </PageHeader>
      {mayInstallation && permissions.has('audit:read') && <Sections current={query.ledger} />}
      {!isInstallation && (
        <Card label="Export and verify" className="flex flex-wrap items-center gap-x-2 gap-y-3 p-4">
          <ExportAuditLog
            exportPiece={exportPiece}
            filter={filter}
            disabledReason={
              permissions.has('audit:export') ? null : 'Your role may not export the audit log.'
            }
          />
          <VerifyAuditLog
            verify={verifyLog}
            disabledReason={
              permissions.has('audit:verify') ? null : 'Your role may not verify the audit log.'
            }
          />
        </Card>
      )}
      <AuditFilters query={query} />
      <AuditList
        page={page}
        query={isInstallation ? { ledger: 'installation', ...fields } : fields}
        isFirst={typeof search.cursor !== 'string'}
        names={permissionNames()}
      />
    </div>
  );
}
