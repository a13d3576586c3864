'use client';

import { clsx } from 'clsx';
import { useMemo } from 'react';
import { Panel } from './panel.tsx';
import { linesOf, OPERATION_PANELS } from './panels.ts';
import type { ChartMarker } from './prepare/markers.ts';

/** Three panels over two, so that no place stays empty. */
const PLACES = [
  'xl:col-span-2',
  'xl:col-span-2',
  'xl:col-span-2',
  'xl:col-span-3',
  'md:max-xl:col-span-2 xl:col-span-3',
];

interface OperationPanelsProps {
  agentId?: string;
  environment?: string;
  markers?: readonly ChartMarker[];
}

/** The panels of the whole team, of one environment or of one agent, with one crosshair. */
export function OperationPanels({ agentId, environment = '', markers }: OperationPanelsProps) {
  const panels = useMemo(() => {
    const scope = agentId !== undefined ? { agentId } : environment === '' ? null : { environment };
    return OPERATION_PANELS.map((spec) => ({ spec, lines: linesOf(spec, scope) }));
  }, [agentId, environment]);
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-6">
      {panels.map(({ spec, lines }, i) => (
        // Without a least width of its own a chart that was drawn wide would keep the page wide.
        <div key={spec.title} className={clsx('min-w-0', PLACES[i])}>
          <Panel
            key={environment}
            title={spec.title}
            hint={environment === '' ? undefined : environment}
            unit={spec.unit}
            lines={lines}
            agentId={agentId}
            environment={environment}
            markers={markers}
          />
        </div>
      ))}
    </div>
  );
}
