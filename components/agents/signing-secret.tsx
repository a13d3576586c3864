'use client';

import { useState, useTransition } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import type { AgentDetail } from '#lib/model/agent-view.ts';

interface SigningSecretProps {
  agent: AgentDetail;
  rotate: BoundAction<{ id: string }, { controlSecret: string }>;
  /** Where a stale sign-in is renewed. */
  proveAgain: string;
}

function reasonAgainst({ name, controlUrl, can }: AgentDetail): string | null {
  if (!can.update.allowed) return can.update.reason;
  return controlUrl === null ? `${name} has no control URL, so nothing is signed.` : null;
}

/** Replaces the secret that signs starts and stops; the new one is shown this once. */
export function SigningSecret({ agent, rotate, proveAgain }: SigningSecretProps) {
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, startTransition] = useTransition();

  const replace = () =>
    startTransition(async () => {
      const answer = await rotate({ id: agent.id });
      setAsking(false);
      setFailure(answer.ok ? null : answer.error);
      setSecret(answer.ok ? answer.data.controlSecret : null);
    });

  return (
    <Card label="Signing secret">
      <CardHeader title="Signing secret" />
      <div className="flex flex-col items-start gap-3 px-4 pb-4 text-sm">
        <p className="max-w-[68ch] text-muted">
          Start and stop requests to the control URL are signed, so that the agent can tell them from forged
          ones.
        </p>
        {secret !== null && (
          <div role="status" className="flex w-full flex-col gap-2">
            <p>Give the new secret to the agent now: it is shown this once, and the old one has stopped.</p>
            <CodeBlock name="Signing secret" text={secret} />
          </div>
        )}
        <ActFailure failure={failure} proveAgain={proveAgain} />
        <Button disabledReason={reasonAgainst(agent)} onClick={() => setAsking(true)}>
          Replace the secret
        </Button>
      </div>
      <Dialog
        open={asking}
        title={`Replace the signing secret of ${agent.name}?`}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button variant="danger" pending={pending} onClick={replace}>
              Replace the secret of {agent.name}
            </Button>
          </>
        }
      >
        The present secret stops at once. Until the agent knows the new one it cannot be started and stopped
        from here.
      </Dialog>
    </Card>
  );
}
