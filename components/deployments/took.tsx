'use client';

import { useNow } from '#components/ui/use-now.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { formatDuration, MISSING } from '#lib/model/format.ts';

/** How long a deployment took, or has taken so far, from the moment that it began; a dash before. */
export function Took(props: {
  of: Pick<DeploymentRow, 'status' | 'startedAt' | 'finishedAt'>;
  renderedAtMs: number;
}) {
  const { status, startedAt, finishedAt } = props.of;
  const now = useNow(props.renderedAtMs);
  if (startedAt === null) return MISSING;
  const endMs = finishedAt ?? (isActive(status) ? now : startedAt);
  const ms = Math.max(0, endMs - startedAt);
  return (
    <span className="whitespace-nowrap">
      {ms < 1000 ? 'under 1 s' : formatDuration(Math.round(ms / 1000) * 1000)}
    </span>
  );
}
