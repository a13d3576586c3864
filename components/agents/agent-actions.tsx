'use client';

import { CirclePlay, CircleStop, Pencil, Trash2, UserCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { Ability, AgentDetail } from '#lib/model/agent-view.ts';
import { paths } from '#lib/model/paths.ts';

type ById = BoundAction<{ id: string }, unknown>;

export interface AgentActionSet {
  start: ById;
  stop: ById;
  remove: ById;
  claim: ById;
}

function reasonOf(ability: Ability): string | null {
  return ability.allowed ? null : ability.reason;
}

/** What can be done with an agent now; what can't stays in sight and says why. */
export function AgentActions({ agent, actions }: { agent: AgentDetail; actions: AgentActionSet }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [deleting, setDeleting] = useState(false);
  const { can } = agent;

  const run = (act: ById, done: string, then?: () => void) =>
    startTransition(async () => {
      const answer = await act({ id: agent.id });
      if (!answer.ok) return toast({ tone: 'critical', text: answer.error.message });
      toast({ tone: 'ok', text: done });
      if (then) then();
      else router.refresh();
    });
  const stopped = agent.status === 'stopped';

  return (
    <>
      {agent.owner === null && (
        <Button
          icon={UserCheck}
          pending={pending}
          disabledReason={reasonOf(can.claim)}
          onClick={() => run(actions.claim, `You own ${agent.name} now.`)}
        >
          Claim
        </Button>
      )}
      {stopped ? (
        <Button
          icon={CirclePlay}
          pending={pending}
          disabledReason={reasonOf(can.start)}
          onClick={() => run(actions.start, `Asked ${agent.name} to start.`)}
        >
          Start
        </Button>
      ) : (
        <Button
          icon={CircleStop}
          pending={pending}
          disabledReason={reasonOf(can.stop)}
          onClick={() => run(actions.stop, `Asked ${agent.name} to stop.`)}
        >
          Stop
        </Button>
      )}
      {can.update.allowed ? (
        <ButtonLink href={paths.editAgent(agent.id)} icon={Pencil}>
          Edit
        </ButtonLink>
      ) : (
        <Button icon={Pencil} disabledReason={reasonOf(can.update)}>
          Edit
        </Button>
      )}
      <Button
        icon={Trash2}
        variant="danger"
        disabledReason={reasonOf(can.delete)}
        onClick={() => setDeleting(true)}
      >
        Delete
      </Button>
      <Dialog
        open={deleting}
        title={`Delete ${agent.name}?`}
        onClose={() => setDeleting(false)}
        actions={
          <>
            <Button onClick={() => setDeleting(false)}>Keep it</Button>
            <Button
              variant="danger"
              pending={pending}
              onClick={() =>
                run(actions.remove, `${agent.name} was deleted.`, () => router.push(paths.agents()))
              }
            >
              Delete {agent.name}
            </Button>
          </>
        }
      >
        The agent leaves the fleet with its health history and configuration. Its stored runs and metrics stay
        until their retention ends. The agent itself is not stopped: if it sends telemetry again, it appears
        again as new.
      </Dialog>
    </>
  );
}
