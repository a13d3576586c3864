'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Select } from '#components/ui/field.tsx';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';

/** A role that can be chosen; one that gives more than the person who looks holds says so. */
export interface RoleChoice {
  id: string;
  name: string;
  /** Whether who holds nothing else can sign in by it. */
  signsIn: boolean;
}

type Grant = { userId: string; role: string | null };
export type GrantRole = BoundAction<Grant, { warning?: string }>;

/** What is asked first about a change that throws somebody out, in words; empty where it does not. */
function cautions(
  props: { isYou: boolean; signsInOtherwise: boolean },
  choice: RoleChoice | undefined,
): string[] {
  const isShut = !choice?.signsIn && !props.signsInOtherwise;
  return [
    ...(props.isYou
      ? [
          'This is your own role. Any change of it, also to more, ends your sessions at once, this one too: you sign in again.',
        ]
      : []),
    ...(isShut && choice
      ? [
          `${choice.name} does not hold “Sign in”. Who has no other role that does, in no team, cannot sign in any more.`,
        ]
      : []),
  ];
}

const changedWords = (label: string, warning: string | undefined) =>
  warning === undefined
    ? ({ tone: 'ok', text: `${label}: changed. They sign in again within seconds.` } as const)
    : ({ tone: 'warning', text: warning } as const);

/**
 * The role that somebody holds by hand, changed at once but where that throws somebody out; a refusal leaves it as it
 * was.
 */
export function RoleSelect(props: {
  label: string;
  userId: string;
  role: string | null;
  choices: readonly RoleChoice[];
  /** What no role by hand is called; left out where there has to be one. */
  none?: string;
  isYou: boolean;
  /** Whether roles beside the one by hand let them sign in. */
  signsInOtherwise: boolean;
  grant: GrantRole;
  proveAgain: string;
}) {
  const { label, userId, role, choices, none, grant, proveAgain } = props;
  const [wanted, setWanted] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ value: string; cautions: readonly string[] } | null>(null);
  const { save, pending, failure } = useSave(async (input: Grant) => {
    const answer = await grant(input);
    setWanted(null);
    if (answer.ok) toast(changedWords(label, answer.data.warning));
    return answer;
  });
  const give = (value: string) => {
    setAsked(null);
    setWanted(value);
    save({ userId, role: value === '' ? null : value });
  };
  const choose = (value: string) => {
    const words = cautions(
      props,
      choices.find(({ id }) => id === value),
    );
    if (words.length === 0) give(value);
    else setAsked({ value, cautions: words });
  };
  return (
    <span className="flex min-w-0 flex-col gap-1">
      <Select
        label={label}
        value={asked?.value ?? wanted ?? role ?? ''}
        disabled={pending}
        onChange={({ target: { value } }) => choose(value)}
      >
        {(none !== undefined || role === null) && <option value="">{none ?? 'None by hand'}</option>}
        {choices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <ActFailure failure={failure} proveAgain={proveAgain} />
      <Dialog
        open={asked !== null}
        title={`${label}: change it?`}
        onClose={() => setAsked(null)}
        actions={
          <>
            <Button onClick={() => setAsked(null)}>Cancel</Button>
            <Button variant="danger" onClick={() => asked && give(asked.value)}>
              Change role
            </Button>
          </>
        }
      >
        {asked?.cautions.map((words) => (
          <p key={words}>{words}</p>
        ))}
      </Dialog>
    </span>
  );
}
