'use client';

import { useState } from 'react';
import { Segmented } from '#components/ui/segmented.tsx';
import type { ApproverView } from '#lib/model/deployment-policy.ts';

type Who = 'everybody' | 'named';

const WHO = [
  { value: 'everybody', label: 'Everybody who may approve' },
  { value: 'named', label: 'These people' },
] as const;

/** By whom: everybody who holds the permission, or people by name. */
export function ApproverFields(props: {
  chosen: readonly string[];
  needed: number;
  mayApprove: readonly ApproverView[];
  error: string | undefined;
  onChange: (ids: string[]) => void;
}) {
  const { chosen, needed, mayApprove, error, onChange } = props;
  const [who, setWho] = useState<Who>(chosen.length === 0 ? 'everybody' : 'named');
  const [kept, setKept] = useState<readonly string[]>(chosen);
  const gone = kept.filter((id) => !mayApprove.some((person) => person.id === id));
  const people = [
    ...mayApprove,
    ...gone.map((id) => ({ id, name: 'Somebody who may not approve any more' })),
  ];
  const choose = (next: Who) => {
    setWho(next);
    onChange(next === 'everybody' ? [] : [...kept]);
  };
  const toggle = (id: string, isChosen: boolean) => {
    const next = isChosen ? [...kept, id] : kept.filter((each) => each !== id);
    setKept(next);
    onChange(next);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <span className="text-sm font-medium">By whom</span>
      <div>
        <Segmented label="By whom" value={who} options={WHO} onChange={choose} />
      </div>
      {who === 'everybody' ? (
        <p className="text-xs text-muted">
          {needed} of {mayApprove.length}: {mayApprove.map(({ name }) => name).join(', ') || 'nobody yet'}.
        </p>
      ) : (
        <fieldset className="flex flex-col gap-1">
          <legend className="sr-only">People who approve</legend>
          {people.map(({ id, name }) => (
            <label key={id} className="touch flex items-center gap-2 text-sm wrap-anywhere">
              <input
                type="checkbox"
                checked={kept.includes(id)}
                onChange={({ target }) => toggle(id, target.checked)}
              />
              {name}
            </label>
          ))}
          <p className="text-xs text-muted">
            {needed} of {kept.length}.
          </p>
        </fieldset>
      )}
      {error !== undefined && (
        <p role="alert" className="text-xs text-critical-text">
          {error}
        </p>
      )}
    </div>
  );
}
