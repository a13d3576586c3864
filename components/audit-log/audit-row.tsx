import Link from 'next/link';
import { Moment } from '#components/ui/moment.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { AuditRowView } from '#lib/model/audit-log.ts';
import { formatUtc } from '#lib/model/format.ts';
import { changeWords, type Names } from './change-words.ts';
import { targetPath } from './target-path.ts';

const OUTCOMES = {
  ok: { tone: 'ok', word: 'Done' },
  denied: { tone: 'warning', word: 'Denied' },
  failed: { tone: 'critical', word: 'Failed' },
} as const;
const ACTORS = { user: '', key: 'API key ', system: 'Pitwall: ', anonymous: 'Not signed in: ' } as const;

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

function Changes({ row, names }: { row: AuditRowView; names: Names }) {
  const changes = changeWords(row.before, row.after, names);
  if (changes.length === 0) return <p className="text-muted">No fields were changed.</p>;
  return (
    <ul aria-label="Changes" className="flex flex-col gap-1">
      {changes.map(({ field, before, after }) => (
        <li key={field} className="wrap-anywhere">
          <span className="font-medium">{field}</span>:{' '}
          {before !== null && <del className="text-muted decoration-faint">{before}</del>}
          {before !== null && after !== null && ' → '}
          {after !== null && <ins className="no-underline">{after}</ins>}
        </li>
      ))}
    </ul>
  );
}

function Target({ row }: { row: AuditRowView }) {
  const path = targetPath(row);
  const words = row.targetId === '' ? row.targetKind : `${row.targetKind} ${row.targetId}`;
  return path === null ? (
    words
  ) : (
    <Link href={path} className="underline underline-offset-2">
      {words}
    </Link>
  );
}

/** One row of the audit log, opened by a click or a key: what changed, from where, and in which request. */
export function AuditRow({ row, names }: { row: AuditRowView; names: Names }) {
  const { tone, word } = OUTCOMES[row.outcome];
  return (
    <li data-seq={row.seq} className="border-t border-line first:border-t-0">
      <details className="group">
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2">
          <span className="min-w-0 flex-1 basis-full sm:basis-56">
            <span className="font-medium wrap-anywhere">{row.action}</span>
            <span className="block text-xs text-muted wrap-anywhere">
              {ACTORS[row.actorKind]}
              {row.actorName || 'nobody'} · {row.targetKind}
            </span>
          </span>
          <span className="text-xs text-muted">
            <Moment atMs={row.at} />
          </span>
          <span className="ml-auto text-right sm:w-20">
            <Badge tone={tone}>{word}</Badge>
          </span>
        </summary>
        <div className="flex flex-col gap-3 bg-sunken px-4 py-3 text-xs">
          {row.reason !== null && <p className="wrap-anywhere">{row.reason}</p>}
          <Changes row={row} names={names} />
          <dl className="flex flex-col gap-1">
            <Fact name="Target">
              <Target row={row} />
            </Fact>
            <Fact name="Time">{formatUtc(row.at)}</Fact>
            <Fact name="Address">{row.ip ?? 'none'}</Fact>
            <Fact name="Browser or client">{row.userAgent ?? 'none'}</Fact>
            <Fact name="Request">{row.requestId}</Fact>
            <Fact name="Actor id">{row.actorId || 'none'}</Fact>
            <Fact name="Row">{row.seq}</Fact>
          </dl>
        </div>
      </details>
    </li>
  );
}
