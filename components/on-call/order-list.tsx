'use client';

import { ArrowUp, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';

export interface Choice {
  id: string;
  label: string;
  /** What is wrong with choosing it. */
  warning?: string | null;
}

/** Things in an order that matters: added by a choice, moved up and removed by buttons. */
export function OrderList(props: {
  label: string;
  add: string;
  ids: readonly string[];
  choices: readonly Choice[];
  onChange: (ids: string[]) => void;
}) {
  const { label, add, ids, choices, onChange } = props;
  const labels = new Map(choices.map((choice) => [choice.id, choice.label]));
  const warnings = new Map(choices.flatMap(({ id, warning }) => (warning ? [[id, warning] as const] : [])));
  const up = (at: number) => {
    const moved = [...ids];
    const [one = ''] = moved.splice(at, 1);
    moved.splice(at - 1, 0, one);
    onChange(moved);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <ol className="flex flex-col gap-1">
        {ids.map((id, at) => (
          <li key={id} className="flex items-center gap-2 text-sm">
            <span className="w-5 text-right text-xs text-muted tabular-nums">{at + 1}</span>
            <span className="min-w-0 flex-1 wrap-anywhere">
              {labels.get(id) ?? 'Not here any more'}
              {warnings.has(id) && (
                <span className="block text-xs text-critical-text">{warnings.get(id)}</span>
              )}
            </span>
            {at > 0 && (
              <Button
                size="sm"
                variant="ghost"
                icon={ArrowUp}
                aria-label={`Move ${labels.get(id) ?? ''} up`}
                onClick={() => up(at)}
              />
            )}
            <Button
              size="sm"
              variant="ghost"
              icon={X}
              aria-label={`Remove ${labels.get(id) ?? ''}`}
              onClick={() => onChange(ids.filter((own) => own !== id))}
            />
          </li>
        ))}
      </ol>
      <Select label={add} value="" onChange={({ target }) => onChange([...ids, target.value])}>
        <option value="">{add}</option>
        {choices
          .filter(({ id }) => !ids.includes(id))
          .map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.warning ? `${choice.label} (${choice.warning})` : choice.label}
            </option>
          ))}
      </Select>
    </fieldset>
  );
}
