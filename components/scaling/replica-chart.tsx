'use client';

import { formatPlural } from '#lib/model/format.ts';
import type { ScalingPreview } from '#lib/model/scaling.ts';
import { replicaSteps } from './replica-steps.ts';

const SIZE = { width: 600, height: 96 };

/** Replicas over the last hour as the policy would have had them; the changes below it say the same in words. */
export function ReplicaChart({ preview }: { preview: Pick<ScalingPreview, 'replicas'> }) {
  const { points, top } = replicaSteps(preview.replicas);
  const line = points
    .map(([x, y]) => `${(x * SIZE.width).toFixed(1)},${((1 - y) * SIZE.height).toFixed(1)}`)
    .join(' ');
  return (
    <figure>
      <figcaption className="mb-1 text-xs text-muted">{formatPlural(top, 'replica')} at most</figcaption>
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="h-24 w-full overflow-visible border-b border-line-strong"
      >
        <polyline
          points={line}
          fill="none"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
          style={{ stroke: 'var(--series-1)' }}
        />
      </svg>
      <p aria-hidden="true" className="mt-1 flex justify-between text-xs text-muted">
        <span>an hour ago</span>
        <span>now</span>
      </p>
    </figure>
  );
}
