'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { IntegrationView } from '#lib/model/alert-integration.ts';
import { formatPlural } from '#lib/model/format.ts';
import { saySpan } from '#lib/model/span.ts';
import type { MadeSecret } from './create-integration.tsx';
import { IntegrationSecret } from './integration-secret.tsx';

interface Actions {
  rotate: BoundAction<{ id: string }, MadeSecret>;
  revoke: BoundAction<{ id: string }, { id: string }>;
}

interface IntegrationListProps {
  integrations: readonly IntegrationView[];
  /** Null for people who may only look. */
  actions: Actions | null;
  proveAgain: string;
  renderedAtMs: number;
}

type Asked = { integration: IntegrationView; what: 'rotate' | 'revoke' } | null;

/** Who may send alerts to us, when each was last heard, and what of it is open. */
export function IntegrationList(props: IntegrationListProps) {
  const { integrations, actions, renderedAtMs } = props;
  const [asked, setAsked] = useState<Asked>(null);
  if (integrations.length === 0)
    return (
      <StateMessage kind="empty" compact title="Nothing sends alerts to Pitwall yet">
        An existing Prometheus can point straight at it; its alerts are then routed, escalated and
        acknowledged like those of our own rules.
      </StateMessage>
    );
  return (
    <Card label="Integrations">
      <CardHeader title="Integrations" hint={formatPlural(integrations.length, 'sender')} />
      <ul>
        {integrations.map((integration) => (
          <li
            key={integration.id}
            id={integration.id}
            className="target:bg-hover scroll-mt-20 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <Sender integration={integration} renderedAtMs={renderedAtMs} />
            {actions && integration.revokedAt === null && (
              <div className="flex gap-2">
                <Button size="sm" onClick={() => setAsked({ integration, what: 'rotate' })}>
                  New secret
                </Button>
                <Button size="sm" variant="danger" onClick={() => setAsked({ integration, what: 'revoke' })}>
                  Revoke
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {actions && asked?.what === 'rotate' && (
        <RotateDialog
          integration={asked.integration}
          rotate={actions.rotate}
          proveAgain={props.proveAgain}
          onClose={() => setAsked(null)}
        />
      )}
      {actions && asked?.what === 'revoke' && (
        <RevokeDialog
          integration={asked.integration}
          revoke={actions.revoke}
          proveAgain={props.proveAgain}
          onClose={() => setAsked(null)}
        />
      )}
    </Card>
  );
}

function Sender({ integration, renderedAtMs }: { integration: IntegrationView; renderedAtMs: number }) {
  const { name, path, lastReceivedAt, openAlerts, resolveTimeoutSeconds, maxPerAlertname } = integration;
  return (
    <>
      <span className="min-w-0 flex-1 basis-56">
        <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {name}
          {integration.revokedAt !== null && <Badge>Revoked</Badge>}
          {integration.revokedAt === null && lastReceivedAt === null && (
            <Badge tone="warning">Never heard</Badge>
          )}
        </span>
        <code className="font-mono text-xs text-muted wrap-anywhere">{path}</code>
      </span>
      <span className="basis-56 text-xs text-muted">
        {formatPlural(openAlerts, 'open alert')}, last received{' '}
        <Ago atMs={lastReceivedAt} renderedAtMs={renderedAtMs} />
        <span className="block">
          Silence resolves after {saySpan(resolveTimeoutSeconds)}; at most {maxPerAlertname} of one name
        </span>
      </span>
    </>
  );
}

interface DialogProps {
  integration: IntegrationView;
  proveAgain: string;
  onClose: () => void;
}

function RotateDialog({ integration, rotate, proveAgain, onClose }: DialogProps & Pick<Actions, 'rotate'>) {
  const [made, setMade] = useState<MadeSecret | null>(null);
  const { save, pending, failure } = useSave(rotate, setMade);
  return (
    <Dialog
      open
      title={made ? `The new secret of ${integration.name}` : `A new secret for ${integration.name}?`}
      onClose={onClose}
      actions={
        made ? (
          <Button onClick={onClose}>Done</Button>
        ) : (
          <>
            <Button onClick={onClose}>Keep the old one</Button>
            <Button variant="danger" pending={pending} onClick={() => save({ id: integration.id })}>
              Make a new secret
            </Button>
          </>
        )
      }
    >
      {made ? (
        <IntegrationSecret path={integration.path} secret={made.secret} />
      ) : (
        'The old one stops at once: what still uses it is refused until it has the new one.'
      )}
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </Dialog>
  );
}

function RevokeDialog({ integration, revoke, proveAgain, onClose }: DialogProps & Pick<Actions, 'revoke'>) {
  const { save, pending, failure } = useSave(revoke, onClose);
  return (
    <Dialog
      open
      title={`Revoke ${integration.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: integration.id })}>
            Revoke it
          </Button>
        </>
      }
    >
      It is refused at once and for good. Its {formatPlural(integration.openAlerts, 'open alert')} stay until
      somebody resolves them, or their ends come.
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </Dialog>
  );
}
