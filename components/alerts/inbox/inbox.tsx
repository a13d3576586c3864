'use client';

import { useMemo, useTransition } from 'react';
import type { Refusals } from '#components/alerts/refusals.ts';
import { ReadTrouble } from '#components/live/read-trouble.tsx';
import { Button } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { toast } from '#components/ui/toast.tsx';
import { useHeldRows } from '#components/ui/use-held-rows.ts';
import { useNow } from '#components/ui/use-now.ts';
import { useSelection } from '#components/ui/use-selection.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { AlertGroupCard } from './alert-group.tsx';
import { actInBulk, type BulkAct } from './ask.ts';
import { BulkBar } from './bulk-bar.tsx';
import { bulkWords } from './bulk-words.ts';
import { groupAlerts } from './group-alerts.ts';
import { isNarrowed } from './inbox-filter.ts';
import { InboxFilters } from './inbox-filters.tsx';
import { InboxSkeleton } from './inbox-skeleton.tsx';
import type { InboxStart, InboxState, InboxStore } from './inbox-store.ts';
import { needsSomebody, verdictOfInbox } from './inbox-verdict.ts';
import { useAcknowledge } from './use-acknowledge.ts';
import { useInbox } from './use-inbox.ts';
import { useInboxFilter } from './use-inbox-filter.ts';

interface InboxProps {
  start: InboxStart;
  refusals: Refusals;
  renderedAtMs: number;
}

/** What must I do now? The alerts of the team, live, grouped by cause. */
export function Inbox({ start, refusals, renderedAtMs }: InboxProps) {
  const filterState = useInboxFilter();
  const { filter } = filterState;
  const { store, state } = useInbox(filter, start);
  const held = useHeldRows(state.rows, store.hasLeft);
  const refresh = useMemo(() => () => store.refresh(), [store]);
  const { stateOf, acknowledge } = useAcknowledge(refresh);
  const selection = useSelection(state.rows);
  const { pending, act } = useBulk(store, selection.clear);
  const acts = {
    stateOf,
    acknowledge,
    selected: selection.ids,
    toggle: selection.toggle,
    refusal: refusals.acknowledge,
  };
  const meant = selection.ids.size > 0 ? selection.rows : state.rows;
  const open = meant.filter((alert) => alert.status === 'active' && stateOf(alert) === null);
  // Without a choice only what needs somebody is meant: what is kept quiet asks for nobody.
  const active = selection.ids.size > 0 ? open : open.filter(needsSomebody);
  const groups = groupAlerts(
    held.shown.map(({ row }) => row),
    filter.group,
  );
  const gone = new Set(held.shown.filter((each) => each.gone).map(({ row }) => row.id));

  return (
    <div className="flex flex-col gap-3">
      <InboxVerdictLine state={state} renderedAtMs={renderedAtMs} />
      <InboxFilters state={filterState} counts={state.counts} />
      <Trouble state={state} store={store} />
      <div aria-live="polite" className="min-h-0">
        {held.waiting > 0 && (
          <Button size="sm" onClick={held.release}>
            Show {formatPlural(held.waiting, 'new alert')}
          </Button>
        )}
      </div>
      {state.loading && state.rows.length === 0 ? (
        <InboxSkeleton />
      ) : held.shown.length === 0 ? (
        // What could not be read is not known to be empty.
        state.failure === null && (
          <NoAlerts narrowed={isNarrowed(filter)} status={filter.status} clear={filterState.clear} />
        )
      ) : (
        <div className="flex flex-col gap-3" {...held.handlers}>
          {groups.map(({ key, name, severity, alerts }) => (
            <AlertGroupCard
              key={key}
              name={name}
              severity={severity}
              alerts={alerts.map((row) => ({ row, gone: gone.has(row.id) }))}
              acts={acts}
              renderedAtMs={renderedAtMs}
            />
          ))}
        </div>
      )}
      {state.nextCursor !== null && (
        <div className="flex items-center gap-3 text-xs text-muted">
          <Button onClick={() => void store.more().catch(() => refresh())}>Load more</Button>
          {formatPlural(state.rows.length, 'alert')} loaded
        </div>
      )}
      {filter.status !== 'resolved' && (
        <BulkBar
          selected={selection.ids.size}
          active={active.length}
          quiet={open.length - active.length}
          total={meant.length}
          refusals={refusals}
          pending={pending}
          onAcknowledge={() => {
            acknowledge(active);
            selection.clear();
          }}
          onAct={(wish) => act([...selection.ids], wish)}
          onClear={selection.clear}
        />
      )}
    </div>
  );
}

/** Resolves and snoozes many at once, and says what became of it. */
function useBulk(store: InboxStore, done: () => void) {
  const [pending, start] = useTransition();
  const act = (ids: readonly string[], wish: BulkAct) =>
    start(async () => {
      const answer = await actInBulk(ids, wish);
      toast(bulkWords(answer, wish.action));
      if (answer.failure === null) done();
      store.refresh();
    });
  return { pending, act };
}

function InboxVerdictLine({ state, renderedAtMs }: { state: InboxState; renderedAtMs: number }) {
  const now = useNow(renderedAtMs);
  const first: AlertRow | undefined = state.rows.find(needsSomebody);
  const { line, detail } = verdictOfInbox(state.counts, first ?? null, now);
  return (
    <div data-verdict={state.counts.active} className="min-w-0">
      <h1 className="text-lg font-medium tracking-tight text-balance md:text-xl">{line}</h1>
      <p className="mt-1 text-sm text-muted wrap-anywhere">{detail}</p>
    </div>
  );
}

/** What stands above a list that could not be read again: it may be old, and why. */
function Trouble({ state, store }: { state: InboxState; store: InboxStore }) {
  const { failure } = state;
  if (failure === null) return null;
  if (failure.status === 403)
    return (
      <StateMessage kind="no-permission" compact title="Your role may not see alerts">
        Ask an admin of your team.
      </StateMessage>
    );
  return <ReadTrouble title="The alerts could not be read" failure={failure} again={() => store.refresh()} />;
}

const EMPTY_WORDS = {
  active: ['Nothing is active', 'What fires appears here by itself, within seconds.'],
  acknowledged: ['Nothing is acknowledged', 'Alerts that somebody has taken stand here until they are over.'],
  resolved: ['Nothing was resolved', 'Alerts that are over stand here.'],
} as const;

function NoAlerts(props: { narrowed: boolean; status: keyof typeof EMPTY_WORDS; clear: () => void }) {
  const [title, words] = EMPTY_WORDS[props.status];
  if (props.narrowed)
    return (
      <StateMessage
        kind="empty"
        title="No alert matches"
        action={<Button onClick={props.clear}>Clear filters</Button>}
      >
        Nothing in this part of the inbox passes these filters.
      </StateMessage>
    );
  return (
    <StateMessage kind="empty" title={title}>
      {words}
    </StateMessage>
  );
}
