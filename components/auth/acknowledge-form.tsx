'use client';

import { useActionState } from 'react';
import type { ShownFailure } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { ALERT_STATUS_WORDS, Severity } from '#components/ui/severity.tsx';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { AuthCard } from './auth-card.tsx';
import { FormFailure } from './form-failure.tsx';

/** Null before the first tap. */
export type AcknowledgeState = { done: boolean; failure: ShownFailure | null } | null;

interface AcknowledgeFormProps {
  action: (state: AcknowledgeState, form: FormData) => Promise<AcknowledgeState>;
  token: string;
  view: {
    person: string;
    alerts: readonly Pick<AlertRow, 'id' | 'title' | 'severity' | 'status'>[];
    count: number;
    used: boolean;
  };
}

function titleOf(done: boolean, used: boolean): string {
  if (done) return 'Acknowledged';
  return used ? 'This link was used already' : 'Acknowledge?';
}

/** What a message spoke of, and one tap; works before any script has loaded. */
export function AcknowledgeForm({ action, token, view }: AcknowledgeFormProps) {
  const [state, submit, pending] = useActionState(action, null);
  const { person, alerts, count, used } = view;
  const [only] = alerts;
  const href = count === 1 && only ? paths.alert(only.id) : paths.alerts();
  const done = state?.done ?? false;
  return (
    <AuthCard title={titleOf(done, used)}>
      <ul className="flex flex-col gap-2">
        {alerts.map(({ id, title, severity, status }) => (
          <li key={id} className="rounded-md border border-line px-3 py-2">
            <p className="flex items-center gap-2 text-xs">
              <Severity severity={severity} over={status === 'resolved'} />
              {ALERT_STATUS_WORDS[done && status === 'active' ? 'acknowledged' : status]}
            </p>
            <p className="font-medium wrap-anywhere">{title}</p>
          </li>
        ))}
      </ul>
      {count > alerts.length && (
        <p className="text-sm text-muted">and {formatPlural(count - alerts.length, 'more alert')}</p>
      )}
      <FormFailure state={state?.failure ?? null} />
      {done ? (
        <p role="status" className="text-sm font-medium text-ok-text">
          Acknowledged as {person}.
        </p>
      ) : (
        !used && (
          <form action={submit} className="flex flex-col gap-2">
            <input type="hidden" name="token" value={token} />
            <Button type="submit" variant="primary" pending={pending} className="h-11!">
              {count === 1 ? 'Acknowledge' : `Acknowledge ${count}`} as {person}
            </Button>
            <p className="text-xs text-muted">Nothing is acknowledged until you tap.</p>
          </form>
        )
      )}
      <ButtonLink href={href}>{count === 1 ? 'Open the alert' : 'Open the inbox'}</ButtonLink>
    </AuthCard>
  );
}
