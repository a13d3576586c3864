'use client';

import { BellOff, Pencil } from 'lucide-react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge, type Tone } from '#components/ui/status.tsx';
import { useNow } from '#components/ui/use-now.ts';
import { useSave } from '#components/ui/use-save.ts';
import { formatDuration } from '#lib/model/format.ts';
import type { SilenceView } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { Matchers } from './matchers.tsx';

type Expire = BoundAction<{ id: string }, { id: string }>;

const GROUPS: readonly { state: SilenceView['state']; title: string; tone: Tone; hint: string }[] = [
  { state: 'active', title: 'Active', tone: 'warning', hint: 'what they match is quiet now' },
  { state: 'pending', title: 'To come', tone: 'progress', hint: 'not quiet yet' },
  { state: 'expired', title: 'Ended', tone: 'unknown', hint: 'shown for 5 days' },
];

interface SilenceListProps {
  silences: readonly SilenceView[];
  /** Null for people who may only look. */
  expire: Expire | null;
  renderedAtMs: number;
}

/** Silences by what they do now: who is quiet, why, by whom, until when. */
export function SilenceList({ silences, expire, renderedAtMs }: SilenceListProps) {
  const [asked, setAsked] = useState<SilenceView | null>(null);
  if (silences.length === 0)
    return (
      <StateMessage
        kind="empty"
        title="Nothing is silenced"
        action={
          expire && (
            <ButtonLink href={paths.newSilence()} icon={BellOff}>
              New silence
            </ButtonLink>
          )
        }
      >
        A silence keeps alerts quiet until a moment: they stay in the inbox, nobody is told. When it ends and
        they still fire, people are told so.
      </StateMessage>
    );
  return (
    <>
      {GROUPS.map(({ state, title, tone, hint }) => {
        const own = silences.filter((silence) => silence.state === state);
        if (own.length === 0) return null;
        return (
          <Card key={state} label={title}>
            <CardHeader title={title} hint={hint}>
              <Badge tone={tone}>{own.length}</Badge>
            </CardHeader>
            <ul>
              {own.map((silence) => (
                <SilenceLine
                  key={silence.id}
                  silence={silence}
                  renderedAtMs={renderedAtMs}
                  onExpire={expire && state !== 'expired' ? setAsked : null}
                  mayEdit={expire !== null}
                />
              ))}
            </ul>
          </Card>
        );
      })}
      {expire && <ExpireDialog silence={asked} expire={expire} onClose={() => setAsked(null)} />}
    </>
  );
}

function SilenceLine(props: {
  silence: SilenceView;
  renderedAtMs: number;
  mayEdit: boolean;
  onExpire: ((silence: SilenceView) => void) | null;
}) {
  const { silence, renderedAtMs, mayEdit, onExpire } = props;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm">
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
        <Matchers matchers={silence.matchers} />
        <p className="wrap-anywhere">
          {silence.comment} <span className="text-xs text-muted">by {silence.createdBy}</span>
        </p>
      </div>
      <p className="basis-52 text-xs text-muted">
        <Moment atMs={silence.startsAt} /> to <Moment atMs={silence.endsAt} />
        <Left silence={silence} renderedAtMs={renderedAtMs} />
      </p>
      {mayEdit && (
        <div className="flex gap-2">
          <ButtonLink size="sm" href={paths.silence(silence.id)} icon={Pencil}>
            {silence.state === 'expired' ? 'Again' : 'Edit'}
          </ButtonLink>
          {onExpire && (
            <Button size="sm" variant="danger" onClick={() => onExpire(silence)}>
              End now
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function Left({ silence, renderedAtMs }: { silence: SilenceView; renderedAtMs: number }) {
  const now = useNow(renderedAtMs);
  if (silence.state === 'expired') return null;
  const [word, at] =
    silence.state === 'active' ? ['ends in', silence.endsAt] : ['starts in', silence.startsAt];
  return (
    <span className="block">
      {word} {formatDuration(Math.max(0, Math.floor((at - now) / 1000) * 1000))}
    </span>
  );
}

function ExpireDialog(props: { silence: SilenceView | null; expire: Expire; onClose: () => void }) {
  const { silence, expire, onClose } = props;
  const { save, pending, failure } = useSave(expire, onClose);
  return (
    <Dialog
      open={silence !== null}
      title="End this silence now?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => silence && save({ id: silence.id })}>
            End the silence
          </Button>
        </>
      }
    >
      {silence && <Matchers matchers={silence.matchers} />}
      <p className="mt-2">
        Alerts that still fire are told to people again. It stays in the list for 5 days.
      </p>
      <SaveFailure failure={failure} />
    </Dialog>
  );
}
