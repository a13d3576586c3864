'use client';

import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { TeamContents, TeamView } from '#lib/model/access-view.ts';
import { formatPlural } from '#lib/model/format.ts';

interface Names {
  name: string;
  slug: string;
}

export type DeleteTeam = BoundAction<{ id: string; confirm: string }, unknown>;
export type AskContents = BoundAction<{ id: string }, TeamContents>;

function namesOf(event: FormEvent<HTMLFormElement>): Names {
  event.preventDefault();
  const form = new FormData(event.currentTarget);
  return { name: String(form.get('name') ?? ''), slug: String(form.get('slug') ?? '') };
}

function NameFields({ names, slugFixed = false }: { names?: Names; slugFixed?: boolean }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField label="Name" name="name" defaultValue={names?.name} maxLength={80} required />
      <TextField
        label="Short name"
        name="slug"
        defaultValue={names?.slug}
        maxLength={63}
        pattern="[a-z0-9][a-z0-9\-]*"
        readOnly={slugFixed}
        hint={
          slugFixed
            ? 'The first team keeps it: newcomers are led here by it.'
            : 'Small letters, digits and hyphens.'
        }
        required
      />
    </div>
  );
}

/** Makes a team. */
export function CreateTeam(props: { create: BoundAction<Names, { id: string }>; proveAgain: string }) {
  const [key, setKey] = useState(0);
  const { save, pending, failure } = useSave(props.create, () => setKey(key + 1));
  return (
    <Card label="New team">
      <CardHeader title="New team" />
      <form key={key} onSubmit={(event) => save(namesOf(event))} className="flex flex-col gap-3 px-4 pb-4">
        <NameFields />
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Make team
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Renames the team that is looked at. */
export function RenameTeam(props: {
  team: TeamView;
  rename: BoundAction<Names & { seen: Names }, unknown>;
  proveAgain: string;
}) {
  const { name, slug } = props.team;
  const { save, pending, failure } = useSave(props.rename);
  return (
    <Card label="This team">
      <CardHeader title="This team" hint="the one you look at" />
      <form
        key={`${name} ${slug}`}
        onSubmit={(event) => save({ ...namesOf(event), seen: { name, slug } })}
        className="flex flex-col gap-3 px-4 pb-4"
      >
        <NameFields names={{ name, slug }} slugFixed={props.team.isDefault} />
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
        <div>
          <Button type="submit" pending={pending}>
            Rename
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Names what goes with the team, and waits for its short name. */
function DeleteDialog(props: { team: TeamView; ask: AskContents; remove: DeleteTeam; proveAgain: string }) {
  const { team, proveAgain } = props;
  const [contents, setContents] = useState<TeamContents | null>(null);
  const [typed, setTyped] = useState('');
  const close = () => setContents(null);
  const look = useSave(props.ask, setContents);
  const { save, pending, failure } = useSave(props.remove, close);
  const goes = contents?.counts.filter(({ count }) => count > 0) ?? [];
  const blocked = team.isDefault
    ? 'The first team stays: newcomers are led to it.'
    : team.isCurrent
      ? 'You look at this team. Switch to another first.'
      : null;
  return (
    <>
      <Button
        size="sm"
        variant="danger"
        aria-label={`Delete: ${team.name}`}
        disabledReason={blocked}
        pending={look.pending}
        onClick={() => look.save({ id: team.id })}
      >
        Delete
      </Button>
      <Dialog
        open={contents !== null}
        title={`Delete ${team.name}?`}
        onClose={close}
        actions={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button
              variant="danger"
              pending={pending}
              disabledReason={typed === team.slug ? null : `Type ${team.slug} first.`}
              onClick={() => save({ id: team.id, confirm: typed })}
            >
              Delete the team
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <p>
            {goes.length === 0
              ? 'It is empty.'
              : `With it go ${goes.map(({ noun, count }) => formatPlural(count, noun)).join(', ')}.`}{' '}
            Members who may do less without it sign in again. Its part of the audit log stays. This cannot be
            undone.
          </p>
          <TextField
            label={`Type ${team.slug} to delete it`}
            value={typed}
            autoComplete="off"
            onChange={({ target: { value } }) => setTyped(value)}
          />
          <ActFailure failure={failure} proveAgain={proveAgain} />
        </div>
      </Dialog>
    </>
  );
}

/** The teams that somebody may act in. */
export function TeamList(props: {
  teams: readonly TeamView[];
  switchTeam: (teamId: string) => Promise<void>;
  remove: { ask: AskContents; act: DeleteTeam } | null;
  proveAgain: string;
}) {
  return (
    <Card label="Teams">
      <CardHeader title="Teams" hint={`${props.teams.length}`} />
      <ul>
        {props.teams.map((team) => (
          <li
            key={team.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <span className="min-w-0 flex-1 basis-56">
              <span className="font-medium wrap-anywhere">{team.name}</span>{' '}
              {team.isCurrent && <Badge tone="progress">You are here</Badge>}
              <span className="block text-xs text-muted">
                {team.slug} · {formatPlural(team.members, 'member')} · {formatPlural(team.agents, 'agent')}
              </span>
            </span>
            <span className="flex gap-2">
              {!team.isCurrent && (
                <Button
                  size="sm"
                  aria-label={`Switch to ${team.name}`}
                  onClick={() => props.switchTeam(team.id)}
                >
                  Switch
                </Button>
              )}
              {props.remove && (
                <DeleteDialog
                  team={team}
                  ask={props.remove.ask}
                  remove={props.remove.act}
                  proveAgain={props.proveAgain}
                />
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
