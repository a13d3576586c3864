import { Card } from '#components/ui/card.tsx';
import { StatusMark } from '#components/ui/status.tsx';
import { formatDuration, formatPlural } from '#lib/model/format.ts';
import type { RunSpanView, RunTrace } from '#lib/model/run.ts';
import { spanTree } from './span-tree.ts';

const MARKS = { ok: 'running', degraded: 'degraded', error: 'error' } as const;
/** Steps to the right that are drawn; deeper ones stand below each other. */
const MAX_DEPTH = 8;

function contentNote({ hasContent, isErased }: RunSpanView): string | null {
  if (isErased) return 'content erased';
  return hasContent ? 'has content' : null;
}

/** The spans of a run as a tree, without what was said in them. */
export function RunTraceView({ trace }: { trace: RunTrace }) {
  return (
    <Card label="Spans" className="overflow-hidden">
      <ol>
        {spanTree(trace.spans).map(({ span, depth }) => (
          <li
            key={span.spanId}
            data-span={span.spanId}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2 text-sm first:border-t-0"
          >
            <span
              className="flex min-w-0 flex-1 basis-64 items-center gap-2"
              style={{ paddingLeft: `${Math.min(depth, MAX_DEPTH) * 12}px` }}
            >
              <StatusMark status={MARKS[span.status]} />
              <span className="min-w-0">
                <span className="wrap-anywhere">{span.name}</span>
                <span className="block text-xs text-muted wrap-anywhere">
                  {span.agentName} · {span.operation}
                  {span.errorType !== null && ` · ${span.errorType}`}
                </span>
              </span>
            </span>
            <span className="text-xs text-muted">{contentNote(span)}</span>
            <span className="ml-auto text-xs text-muted">{formatDuration(span.durationMs)}</span>
          </li>
        ))}
      </ol>
      {trace.truncated && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          The first {formatPlural(trace.spans.length, 'span')} are shown.
        </p>
      )}
    </Card>
  );
}
