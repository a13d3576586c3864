'use client';

import { useMemo } from 'react';
import { Panel } from './panel.tsx';
import { linesOf, OPERATION_PANELS } from './panels.ts';

/** The live panels of the whole team or of one agent, with one crosshair. */
export function OperationPanels({ agentId, hint }: { agentId?: string; hint?: string }) {
  const panels = useMemo(
    () => OPERATION_PANELS.map((spec) => ({ spec, lines: linesOf(spec, agentId) })),
    [agentId],
  );
  return (
    <div className="grid gap-3 lg:grid-cols-2 xl:grid-cols-3">
      {panels.map(({ spec, lines }) => (
        <Panel
          key={spec.title}
          title={spec.title}
          hint={hint}
          unit={spec.unit}
          lines={lines}
          agentId={agentId}
        />
      ))}
    </div>
  );
}
