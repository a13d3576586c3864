'use client';

import { useMemo } from 'react';
import { Panel } from './panel.tsx';
import { linesOf, OPERATION_PANELS } from './panels.ts';

/** Three panels over two, so that no place stays empty. */
const PLACES = [
  'xl:col-span-2',
  'xl:col-span-2',
  'xl:col-span-2',
  'xl:col-span-3',
  'md:max-xl:col-span-2 xl:col-span-3',
];

/** The live panels of the whole team or of one agent, with one crosshair. */
export function OperationPanels({ agentId, hint }: { agentId?: string; hint?: string }) {
  const panels = useMemo(
    () => OPERATION_PANELS.map((spec) => ({ spec, lines: linesOf(spec, agentId) })),
    [agentId],
  );
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-6">
      {panels.map(({ spec, lines }, i) => (
        <div key={spec.title} className={PLACES[i]}>
          <Panel title={spec.title} hint={hint} unit={spec.unit} lines={lines} agentId={agentId} />
        </div>
      ))}
    </div>
  );
}
