'use client';

import { BellRing, CircleCheck, UserRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { AcknowledgeButton } from '#components/alerts/inbox/acknowledge-button.tsx';
import { SnoozeMenu } from '#components/alerts/inbox/snooze-menu.tsx';
import { useAcknowledge } from '#components/alerts/inbox/use-acknowledge.ts';
import type { Refusals } from '#components/alerts/refusals.ts';
import { Button } from '#components/ui/button.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { formatDuration } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import type { useActs } from './use-acts.ts';

export interface Answering {
  alert: AlertDetail;
  acts: ReturnType<typeof useActs>;
  refusals: Refusals;
}

interface AlertActsProps extends Answering {
  people: readonly { id: string; name: string }[];
  confirmed: () => Promise<void>;
}

/** What can be done with an alert; on phones a bar within reach of the thumb, the first act the widest. */
export function AlertActs({ alert, acts, refusals, people, confirmed }: AlertActsProps) {
  const { stateOf, acknowledge } = useAcknowledge(confirmed);
  const { pending, act } = acts;
  const router = useRouter();
  const reopen = async () => {
    const answer = await act({ act: 'reopen', body: {} }, 'Opened again as a new alert.');
    if (answer) router.push(paths.alert(answer.id));
  };
  return (
    <div
      role="toolbar"
      aria-label="Acts"
      className="flex flex-wrap items-center gap-2 max-md:sticky max-md:bottom-[calc(64px+env(safe-area-inset-bottom))] max-md:z-20 max-md:order-last max-md:rounded-lg max-md:bg-surface max-md:p-2 max-md:shadow-lg"
    >
      {alert.status === 'active' && refusals.acknowledge !== null && (
        // A finger hovers over nothing: what the button says to a mouse stands beside it.
        <p className="w-full text-xs text-muted max-md:order-last md:hidden">{refusals.acknowledge}</p>
      )}
      {alert.status === 'active' && (
        <AcknowledgeButton
          name={alert.title}
          state={stateOf(alert)}
          refusal={refusals.acknowledge}
          variant="primary"
          className="max-md:order-last max-md:w-full"
          onAcknowledge={() => acknowledge([alert])}
        />
      )}
      {alert.status === 'resolved' ? (
        <Button
          icon={BellRing}
          disabledReason={refusals.resolve}
          pending={pending === 'reopen'}
          className="max-md:flex-1"
          onClick={reopen}
        >
          Reopen
        </Button>
      ) : (
        <>
          {refusals.snooze === null && (
            <SnoozeMenu
              name={alert.title}
              onSnooze={(minutes) =>
                void act(
                  { act: 'snooze', body: { minutes } },
                  `Snoozed for ${formatDuration(minutes * 60_000)}.`,
                )
              }
            />
          )}
          {refusals.assign === null && (
            <HandOver
              people={people}
              onChoose={({ id, name }) =>
                void act(
                  { act: 'reassign', body: { userId: id } },
                  `Handed to ${name}, who is told by their own rules.`,
                )
              }
            />
          )}
          {refusals.resolve === null && (
            <Button
              icon={CircleCheck}
              pending={pending === 'resolve'}
              className="max-md:ml-auto"
              onClick={() => void act({ act: 'resolve', body: {} }, 'Resolved.')}
            >
              Resolve
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function HandOver(props: {
  people: AlertActsProps['people'];
  onChoose: (person: { id: string; name: string }) => void;
}) {
  if (props.people.length === 0) return null;
  return (
    <Menu
      label="Hand over"
      align="left"
      trigger={
        <>
          <Icon of={UserRound} />
          Hand over
        </>
      }
    >
      <p className="px-2 pt-1 pb-2 text-xs text-muted">
        They are told by their own rules, instead of the policy.
      </p>
      <div className="max-h-72 overflow-y-auto">
        {props.people.map((person) => (
          <button
            key={person.id}
            type="button"
            role="menuitem"
            className={MENU_ITEM}
            onClick={() => props.onChoose(person)}
          >
            {person.name}
          </button>
        ))}
      </div>
    </Menu>
  );
}
