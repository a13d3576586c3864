'use client';

import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { Badge } from '#components/ui/status.tsx';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { InvitationView, Invited } from '#lib/model/access-view.ts';
import { ConfirmButton } from './confirm-button.tsx';
import type { RoleChoice } from './role-select.tsx';

const MAIL_WORDS: Record<InvitationView['mail'], string> = {
  none: 'by link',
  queued: 'mail on its way',
  sent: 'mail sent',
  failed: 'mail could not be sent',
};

interface InvitationsProps {
  invitations: readonly InvitationView[];
  sendsMail: boolean;
  roles: readonly RoleChoice[];
  invite: BoundAction<{ email: string; role: string }, Invited>;
  resend: BoundAction<{ id: string }, Invited>;
  revoke: BoundAction<{ id: string }, unknown>;
  proveAgain: string;
  renderedAtMs: number;
}

function Open(props: InvitationsProps & { invitation: InvitationView; onSent: (made: Invited) => void }) {
  const { invitation, renderedAtMs, proveAgain } = props;
  const { save, pending, failure } = useSave(props.resend, props.onSent);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 basis-60">
        <span className="font-medium wrap-anywhere">{invitation.email}</span>{' '}
        {invitation.state === 'expired' && <Badge tone="warning">Too old</Badge>}
        <span className="block text-xs text-muted">
          {invitation.role.name} · {MAIL_WORDS[invitation.mail]} · invited by{' '}
          {invitation.invitedBy ?? 'nobody any more'}{' '}
          <Ago atMs={invitation.createdAt} renderedAtMs={renderedAtMs} />
        </span>
        <ActFailure failure={failure} proveAgain={proveAgain} />
      </span>
      <span className="flex gap-2">
        <Button size="sm" pending={pending} onClick={() => save({ id: invitation.id })}>
          {props.sendsMail ? 'Send again' : 'New link'}
        </Button>
        <ConfirmButton
          label="Take back"
          name={invitation.email}
          question={`Take the invitation of ${invitation.email} back?`}
          words="Its link is of no use any more."
          input={{ id: invitation.id }}
          act={props.revoke}
          proveAgain={proveAgain}
        />
      </span>
    </li>
  );
}

/** Invites by an address, and lists who has not come yet. Where no mail leaves, the link is shown this once. */
export function Invitations(props: InvitationsProps) {
  const { invitations, sendsMail, roles, proveAgain } = props;
  const [link, setLink] = useState<string | null>(null);
  const sent = ({ path }: Invited) => {
    setLink(path === null ? null : new URL(path, location.href).href);
    if (path === null) toast({ tone: 'ok', text: 'The invitation is on its way.' });
  };
  const { save, pending, failure } = useSave(props.invite, sent);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({ email: String(form.get('email') ?? ''), role: String(form.get('role') ?? '') });
  };
  return (
    <Card label="Invitations">
      <CardHeader title="Invite somebody" />
      <form onSubmit={submit} className="flex flex-col gap-3 px-4 pb-4">
        <div className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_200px_auto]">
          <TextField label="Email" name="email" type="email" maxLength={320} autoComplete="off" required />
          <SelectField label="Role" name="role" defaultValue="viewer">
            {roles.map(({ id, name, signsIn }) => (
              <option key={id} value={id}>
                {signsIn ? name : `${name} (alone cannot sign in)`}
              </option>
            ))}
          </SelectField>
          <Button type="submit" variant="primary" pending={pending}>
            Invite
          </Button>
        </div>
        <ActFailure failure={failure} proveAgain={proveAgain} />
        {!sendsMail && (
          <p className="text-xs text-muted">
            No mail server is set up: the link is shown here once, for you to hand on.
          </p>
        )}
        {link !== null && <CodeBlock name="Invitation link, shown this once" text={link} />}
      </form>
      {invitations.length > 0 && (
        <ul aria-label="Open invitations">
          {invitations.map((invitation) => (
            <Open key={invitation.id} {...props} invitation={invitation} onSent={sent} />
          ))}
        </ul>
      )}
    </Card>
  );
}
