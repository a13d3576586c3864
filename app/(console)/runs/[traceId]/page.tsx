import type { Metadata } from 'next';
import { RunContentView } from '#components/runs/run-content.tsx';
import { RunTraceView } from '#components/runs/run-trace.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../records.ts';
import { readContent } from './actions.ts';

export const metadata: Metadata = { title: 'Run' };

export default async function RunPage({ params }: { params: Promise<{ traceId: string }> }) {
  const [{ traceId }, { permissions }] = await Promise.all([params, requireActor()]);
  const trace = await records.run(traceId);
  const [first] = trace.spans;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={first?.name ?? 'Run'}>
        {formatPlural(trace.spans.length, 'span')}
        {first && (
          <>
            {' '}
            from <Moment atMs={first.startedAt} />
          </>
        )}{' '}
        · <code className="font-mono text-xs wrap-anywhere">{traceId}</code>
      </PageHeader>
      <RunTraceView trace={trace} />
      <RunContentView
        traceId={traceId}
        readContent={readContent}
        hasContent={trace.spans.some(({ hasContent }) => hasContent)}
        mayRead={permissions.has('content:read')}
      />
    </div>
  );
}
