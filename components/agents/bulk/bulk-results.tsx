'use client';

import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { summaryOf } from './bulk-acts.ts';
import type { BulkRun } from './use-bulk-acts.ts';

/** What became of each agent, where not all of it was done; what failed comes first. */
export function BulkResults({ run, onClose }: { run: BulkRun | null; onClose: () => void }) {
  const results = run?.results ?? [];
  const sorted = results.toSorted((a, b) => Number(a.failure === null) - Number(b.failure === null));
  return (
    <Dialog
      open={run !== null}
      title={run ? summaryOf(run.act, results) : ''}
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <ul className="max-h-[50vh] divide-y divide-line overflow-y-auto">
        {sorted.map(({ id, name, failure }) => (
          <li key={id} className="py-2">
            <span className="font-medium text-ink wrap-anywhere">{name}</span>
            <span className={failure === null ? 'ml-2' : 'block text-critical-text'}>
              {failure ?? 'Done'}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
