'use client';

import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Skeleton } from '#components/ui/states.tsx';
import type { ScalingPreview, ScalingRule } from '#lib/model/scaling.ts';
import { ReplicaChart } from './replica-chart.tsx';
import { type PreviewScaling, useScalingPreview } from './use-scaling-preview.ts';

/** More changes than these say the same as their number. */
const LISTED = 6;

/** What the policy would have done in the last hour: in words, as a line, and each change with its reason. */
export function PreviewPanel(props: { agentId: string; rule: ScalingRule | null; ask: PreviewScaling }) {
  const { preview, failure, pending } = useScalingPreview(props.agentId, props.rule, props.ask);
  return (
    <Card label="Preview">
      <CardHeader title="What it would have done in the last hour" hint={pending ? 'looking …' : undefined} />
      <div className="flex flex-col gap-3 px-4 pb-4 text-sm" aria-live="polite">
        {props.rule === null && <p className="text-muted">Fill in the fields to see what would have been.</p>}
        {props.rule !== null && failure && (
          <p className="text-muted">{failure.issues[0]?.message ?? failure.message}</p>
        )}
        {props.rule !== null && !failure && !preview && <Skeleton className="h-24" />}
        {props.rule !== null && !failure && preview && <Past preview={preview} />}
      </div>
    </Card>
  );
}

function Past({ preview }: { preview: ScalingPreview }) {
  const { changes, words } = preview;
  return (
    <>
      <p>{words}</p>
      <ReplicaChart preview={preview} />
      {changes.length > 0 && (
        <ol className="flex flex-col gap-2">
          {changes.slice(-LISTED).map(({ at, from, to, words: reason }) => (
            <li key={at} className="wrap-anywhere">
              <span className="font-medium">
                {from} to {to}
              </span>{' '}
              <span className="text-xs text-muted">
                <Moment atMs={at} />
              </span>
              <span className="block text-xs text-muted">{reason}</span>
            </li>
          ))}
        </ol>
      )}
      {changes.length > LISTED && (
        <p className="text-xs text-muted">
          The last {LISTED} of {changes.length} changes are shown.
        </p>
      )}
    </>
  );
}
