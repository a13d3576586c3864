'use client';

import { type FormEvent, useId, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { RegistryLogin, RegistryView } from '#lib/model/registry.ts';
import { LoginFields, loginOf } from './login-fields.tsx';

interface RegistryActions {
  update: BoundAction<{ id: string; login?: RegistryLogin; ca?: string }, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  /** Where a stale sign-in is renewed. */
  proveAgain: string;
}

interface DialogProps {
  registry: RegistryView;
  proveAgain: string;
  onClose: () => void;
}

/** Replaces the login or the authority; what is left empty stays. */
function LoginDialog({
  registry,
  update,
  proveAgain,
  onClose,
}: DialogProps & Pick<RegistryActions, 'update'>) {
  const form = useId();
  const { save, pending, failure } = useSave(update, onClose);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { login, ca } = loginOf(new FormData(event.currentTarget));
    save({ id: registry.id, ...(login && { login }), ...(ca && { ca }) });
  };
  return (
    <Dialog
      open
      title={`Another login for ${registry.host}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <p className="text-xs text-muted">What you leave empty stays as it is.</p>
        <LoginFields errors={errors} />
        <ActFailure failure={failure} proveAgain={proveAgain} fields />
      </form>
    </Dialog>
  );
}

/** Asks before a login is forgotten. */
function RemoveDialog({
  registry,
  remove,
  proveAgain,
  onClose,
}: DialogProps & Pick<RegistryActions, 'remove'>) {
  const { save, pending, failure } = useSave(remove, onClose);
  return (
    <Dialog
      open
      title={`Remove ${registry.host}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: registry.id })}>
            Remove it
          </Button>
        </>
      }
    >
      Its login is forgotten. Images that it does not show to everybody cannot be deployed by their tag any
      more.
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </Dialog>
  );
}

type Asked = { registry: RegistryView; what: 'login' | 'remove' } | null;

/** The registries whose logins are kept. */
export function RegistryList(
  props: RegistryActions & { registries: readonly RegistryView[]; renderedAtMs: number },
) {
  const { registries, update, remove, proveAgain, renderedAtMs } = props;
  const [asked, setAsked] = useState<Asked>(null);
  if (registries.length === 0)
    return (
      <StateMessage kind="empty" compact title="No login is kept yet">
        Registries are asked as anybody. Add those that do not show their images to everybody.
      </StateMessage>
    );
  const dialog = { proveAgain, onClose: () => setAsked(null) };
  return (
    <Card label="Image registries">
      <CardHeader title="Image registries" hint={formatPlural(registries.length, 'registry', 'registries')} />
      <ul>
        {registries.map((registry) => (
          <li
            key={registry.id}
            id={registry.id}
            className="target:bg-hover scroll-mt-20 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <span className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-2 font-medium wrap-anywhere">
              {registry.host}
              {registry.hasCa && <Badge>Own authority</Badge>}
            </span>
            <span className="basis-56 text-xs text-muted wrap-anywhere">
              {registry.username === null ? 'Asked as anybody' : `Asked as ${registry.username}`}
              <span className="block">
                Changed <Ago atMs={registry.updatedAt} renderedAtMs={renderedAtMs} />
              </span>
            </span>
            <div className="flex flex-wrap gap-2">
              <Button size="sm" onClick={() => setAsked({ registry, what: 'login' })}>
                New login
              </Button>
              <Button size="sm" variant="danger" onClick={() => setAsked({ registry, what: 'remove' })}>
                Remove
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {asked?.what === 'login' && <LoginDialog registry={asked.registry} update={update} {...dialog} />}
      {asked?.what === 'remove' && <RemoveDialog registry={asked.registry} remove={remove} {...dialog} />}
    </Card>
  );
}
