'use client';

import { CirclePlay, CircleStop, Trash2, UserCheck } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import type { Selection } from '#components/ui/use-selection.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { AgentActionSet } from '../agent-actions.tsx';
import type { FleetAgent } from '../fleet.ts';
import { BULK_WORDS, type BulkAct, type BulkRefusals, MOST_AT_ONCE } from './bulk-acts.ts';
import { BulkResults } from './bulk-results.tsx';
import { useBulkActs } from './use-bulk-acts.ts';

const ICONS = { claim: UserCheck, start: CirclePlay, stop: CircleStop, remove: Trash2 } as const;
const ORDER: readonly BulkAct[] = ['claim', 'start', 'stop', 'remove'];
/** Names that the question about deleting spells out. */
const NAMED = 5;

interface BulkBarProps {
  /** All that could be selected. */
  shown: readonly FleetAgent[];
  selection: Selection<FleetAgent>;
  actions: AgentActionSet;
  refusals: BulkRefusals;
}

/** What can be done with the selected agents. What this person may not do stays in sight and says why. */
export function BulkBar({ shown, selection, actions, refusals }: BulkBarProps) {
  const { rows, choose, clear } = selection;
  const { running, failed, run, forget } = useBulkActs(actions, clear);
  const [asking, setAsking] = useState<readonly FleetAgent[]>([]);
  const tooMany = rows.length > MOST_AT_ONCE ? `Select at most ${MOST_AT_ONCE} agents.` : null;
  const begin = (act: BulkAct) => (act === 'remove' ? setAsking(rows) : void run(act, rows));
  return (
    <>
      {(rows.length > 0 || running) && (
        <div
          role="toolbar"
          aria-label="For the selected agents"
          className="fixed inset-x-3 bottom-[calc(64px+env(safe-area-inset-bottom))] z-20 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface p-2 shadow-lg md:inset-x-auto md:right-6 md:bottom-4"
        >
          <p aria-live="polite" className="px-1 text-sm max-md:basis-full">
            {running
              ? `${BULK_WORDS[running.act].doing}: ${running.results.length + 1} of ${running.total}`
              : `${formatPlural(rows.length, 'agent')} selected`}
            {!running && (
              <>
                <TextButton onClick={clear}>Clear</TextButton>
                {rows.length < shown.length && (
                  <TextButton onClick={() => choose(shown.map(({ id }) => id))}>
                    Select all {shown.length}
                  </TextButton>
                )}
              </>
            )}
          </p>
          {ORDER.map((act) => (
            <Button
              key={act}
              icon={ICONS[act]}
              variant={act === 'remove' ? 'danger' : 'secondary'}
              className="max-md:flex-1"
              pending={running !== null}
              disabledReason={refusals[act] ?? tooMany}
              onClick={() => begin(act)}
            >
              {BULK_WORDS[act].label}
            </Button>
          ))}
        </div>
      )}
      <DeleteQuestion
        agents={asking}
        onClose={() => setAsking([])}
        onDelete={() => void run('remove', asking)}
      />
      <BulkResults run={failed} onClose={forget} />
    </>
  );
}

function TextButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={onClick} className="touch ml-2 text-xs text-muted underline">
      {children}
    </button>
  );
}

function DeleteQuestion(props: { agents: readonly FleetAgent[]; onClose: () => void; onDelete: () => void }) {
  const { agents, onClose, onDelete } = props;
  const count = formatPlural(agents.length, 'agent');
  const names = agents.slice(0, NAMED).map(({ name }) => name);
  const more = agents.length - names.length;
  return (
    <Dialog
      open={agents.length > 0}
      title={`Delete ${count}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep them</Button>
          <Button
            variant="danger"
            onClick={() => {
              onClose();
              onDelete();
            }}
          >
            Delete {count}
          </Button>
        </>
      }
    >
      <p className="wrap-anywhere">
        {names.join(', ')}
        {more > 0 && ` and ${more} more`}
      </p>
      <p className="mt-2">
        They leave the fleet and their configuration is deleted. Stored runs and metrics stay until their
        retention ends. An agent that sends telemetry again appears again, with its health history, without an
        owner.
      </p>
    </Dialog>
  );
}
