'use client';

import { CirclePlay, CircleStop, Pencil, Trash2, UserCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { AgentStatus } from '#lib/model/agent.ts';
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

/** An agent in error or out of reach may be up or down: a start that failed is tried again from here too. */
function controlsFor(status: AgentStatus): readonly ('start' | 'stop')[] {
  if (status === 'stopped') return ['start'];
  return status === 'error' || status === 'unreachable' ? ['start', 'stop'] : ['stop'];
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
      then?.();
      router.refresh();
    });
  const offered = controlsFor(agent.status);

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
      {offered.includes('start') && (
        <Button
          icon={CirclePlay}
          pending={pending}
          disabledReason={reasonOf(can.start)}
          onClick={() => run(actions.start, `Asked ${agent.name} to start.`)}
        >
          Start
        </Button>
      )}
      {offered.includes('stop') && (
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
                run(actions.remove, `${agent.name} was deleted.`, () => router.replace(paths.agents()))
              }
            >
              Delete {agent.name}
            </Button>
          </>
        }
      >
        The agent leaves the fleet and its configuration is deleted. Its stored runs and metrics stay until
        their retention ends. The agent itself is not stopped: if it sends telemetry again, it appears again,
        with its health history, without an owner.
      </Dialog>
    </>
  );
}
