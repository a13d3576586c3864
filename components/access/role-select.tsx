'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Select } from '#components/ui/field.tsx';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';

/** A role that can be chosen; one that gives more than the person who looks holds says so. */
export interface RoleChoice {
  id: string;
  name: string;
}

export type GrantRole = BoundAction<{ userId: string; role: string | null }, unknown>;

/** The role that somebody holds by hand, changed at once; a refusal leaves it as it was. */
export function RoleSelect(props: {
  label: string;
  userId: string;
  role: string | null;
  choices: readonly RoleChoice[];
  /** What no role by hand is called; left out where there has to be one. */
  none?: string;
  grant: GrantRole;
  proveAgain: string;
}) {
  const { label, userId, role, choices, none, grant, proveAgain } = props;
  const [wanted, setWanted] = useState<string | null>(null);
  const { save, pending, failure } = useSave(async (input: { userId: string; role: string | null }) => {
    const answer = await grant(input);
    setWanted(null);
    if (answer.ok) toast({ tone: 'ok', text: `${label}: changed. They sign in again within seconds.` });
    return answer;
  });
  return (
    <span className="flex min-w-0 flex-col gap-1">
      <Select
        label={label}
        value={wanted ?? role ?? ''}
        disabled={pending}
        onChange={({ target: { value } }) => {
          setWanted(value);
          save({ userId, role: value === '' ? null : value });
        }}
      >
        {(none !== undefined || role === null) && <option value="">{none ?? 'None by hand'}</option>}
        {choices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </span>
  );
}
