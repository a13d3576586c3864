'use client';

import { CalendarOff, Pencil } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useFreshPage } from '#components/live/use-fresh-page.ts';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge, type Tone } from '#components/ui/status.tsx';
import { useNow } from '#components/ui/use-now.ts';
import { useSave } from '#components/ui/use-save.ts';
import { formatDuration, formatPlural } from '#lib/model/format.ts';
import type { FreezeState, FreezeWindow, HeldDeployments } from '#lib/model/freeze-window.ts';
import { paths } from '#lib/model/paths.ts';
import { frozenPlace } from './freeze-words.ts';

type End = BoundAction<{ id: string }, { id: string }>;

const GROUPS: readonly { state: FreezeState; title: string; tone: Tone; hint: string }[] = [
  { state: 'on', title: 'On now', tone: 'warning', hint: 'nothing new is deployed there' },
  { state: 'planned', title: 'To come', tone: 'progress', hint: 'the next first' },
  { state: 'ended', title: 'Ended', tone: 'unknown', hint: 'shown for 30 days' },
];

interface FreezeListProps {
  windows: readonly FreezeWindow[];
  /** What each environment with a freeze that is on holds now, by its name. */
  held: ReadonlyMap<string, HeldDeployments>;
  /** Null for people who may only look. */
  end: End | null;
  renderedAtMs: number;
}

/** Freeze windows by what they do now; of those that are on also which deployments they hold. */
export function FreezeList({ windows, held, end, renderedAtMs }: FreezeListProps) {
  const [asked, setAsked] = useState<FreezeWindow | null>(null);
  useFreshPage();
  if (windows.length === 0)
    return (
      <StateMessage
        kind="empty"
        title="No freeze is planned"
        action={
          end && (
            <ButtonLink href={paths.newFreezeWindow()} icon={CalendarOff}>
              Plan a freeze
            </ButtonLink>
          )
        }
      >
        During a freeze nothing new is deployed to an environment. What was asked for before waits until it
        ends; rollbacks pass.
      </StateMessage>
    );
  return (
    <>
      {GROUPS.map(({ state, title, tone, hint }) => {
        const own = windows.filter((window) => window.state === state);
        if (own.length === 0) return null;
        const order = state === 'planned' ? own.toSorted((a, b) => a.startsAt - b.startsAt) : own;
        return (
          <Card key={state} label={title}>
            <CardHeader title={title} hint={hint}>
              <Badge tone={tone}>{own.length}</Badge>
            </CardHeader>
            <ul>
              {order.map((window) => (
                <FreezeLine
                  key={window.id}
                  window={window}
                  held={state === 'on' ? held.get(window.environment) : undefined}
                  onEnd={end && state !== 'ended' ? () => setAsked(window) : null}
                  renderedAtMs={renderedAtMs}
                />
              ))}
            </ul>
          </Card>
        );
      })}
      {end && asked && <EndDialog window={asked} end={end} onClose={() => setAsked(null)} />}
    </>
  );
}

function FreezeLine(props: {
  window: FreezeWindow;
  held: HeldDeployments | undefined;
  onEnd: (() => void) | null;
  renderedAtMs: number;
}) {
  const { window, held, onEnd, renderedAtMs } = props;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm">
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
        <span className="font-medium wrap-anywhere">{window.name}</span>
        <span className="text-xs text-muted wrap-anywhere">
          {frozenPlace(window.environment)}, by {window.createdBy}
        </span>
        {held && <Held held={held} />}
      </div>
      <p className="basis-full text-xs text-muted sm:basis-52">
        <Moment atMs={window.startsAt} /> to <Moment atMs={window.endsAt} />
        <Left window={window} renderedAtMs={renderedAtMs} />
      </p>
      {onEnd && (
        <div className="flex gap-2 sm:w-40 sm:justify-end">
          <ButtonLink size="sm" href={paths.freezeWindow(window.id)} icon={Pencil}>
            Edit
          </ButtonLink>
          <Button size="sm" variant="danger" onClick={onEnd}>
            {window.state === 'on' ? 'End now' : 'Take back'}
          </Button>
        </div>
      )}
    </li>
  );
}

/** Deployments shown by name below a freeze. */
const SHOWN = 3;

function Held({ held: { total, items } }: { held: HeldDeployments }) {
  if (total === 0) return <span className="text-xs text-muted">It holds no deployment now.</span>;
  const shown = items.slice(0, SHOWN);
  return (
    <p className="wrap-anywhere">
      Holds {formatPlural(total, 'deployment')}:{' '}
      {shown.map((deployment, i) => (
        <span key={deployment.id}>
          {i > 0 && ', '}
          <Link href={paths.deployment(deployment.id)} className="underline">
            {deployment.agentName} {deployment.version}
          </Link>
        </span>
      ))}
      {total > shown.length && ` and ${total - shown.length} more`}
    </p>
  );
}

function Left({ window, renderedAtMs }: { window: FreezeWindow; renderedAtMs: number }) {
  const now = useNow(renderedAtMs);
  if (window.state === 'ended') return null;
  const [word, at] = window.state === 'on' ? ['ends in', window.endsAt] : ['starts in', window.startsAt];
  return (
    <span className="block">
      {word} {formatDuration(Math.max(0, Math.floor((at - now) / 1000) * 1000))}
    </span>
  );
}

/** Whether there is nothing to end any more. */
const isOver = (failure: ShownFailure | null): boolean =>
  failure?.code === 'conflict' || failure?.code === 'not_found';

function EndDialog({ window, end, onClose }: { window: FreezeWindow; end: End; onClose: () => void }) {
  const router = useRouter();
  const { save, pending, failure } = useSave<{ id: string }, { id: string }>(async (input) => {
    const answer = await end(input);
    // Somebody else was faster: the list behind shows what became of it.
    if (isOver(answer.ok ? null : answer.error)) router.refresh();
    return answer;
  }, onClose);
  const isOn = window.state === 'on';
  return (
    <Dialog
      open
      title={isOn ? `End ${window.name} now?` : `Take ${window.name} back?`}
      onClose={onClose}
      actions={
        isOver(failure) ? (
          <Button onClick={onClose}>Close</Button>
        ) : (
          <>
            <Button onClick={onClose}>Keep it</Button>
            <Button variant="danger" pending={pending} onClick={() => save({ id: window.id })}>
              {isOn ? 'End the freeze' : 'Take it back'}
            </Button>
          </>
        )
      }
    >
      {isOn
        ? `What waits for ${frozenPlace(window.environment)} goes on within a minute, where no other freeze holds it. It stays in the list for 30 days.`
        : 'It has not begun, and will not.'}
      <ActFailure failure={failure} />
    </Dialog>
  );
}
