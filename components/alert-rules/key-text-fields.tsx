'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { LineInput } from '#components/ui/field.tsx';
import type { KeyText } from './draft.ts';

/** Names with their texts, one a line. */
export function KeyTextFields(props: {
  legend: string;
  hint: string;
  pairs: readonly KeyText[];
  error: string | undefined;
  onChange: (pairs: KeyText[]) => void;
}) {
  const { legend, hint, pairs, error, onChange } = props;
  const change = (at: number, part: Partial<KeyText>) =>
    onChange(pairs.map((pair, i) => (i === at ? { ...pair, ...part } : pair)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <p className="-mt-1.5 text-xs text-muted">{hint}</p>
      {[...pairs.entries()].map(([i, { key, text }]) => (
        <div key={i} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.6fr)_auto] gap-2">
          <LineInput
            label={`${legend}: name ${i + 1}`}
            value={key}
            placeholder="name"
            onChange={(event) => change(i, { key: event.target.value })}
          />
          <LineInput
            label={`${legend}: text ${i + 1}`}
            value={text}
            placeholder="text"
            onChange={(event) => change(i, { text: event.target.value })}
          />
          <Button
            variant="ghost"
            icon={X}
            aria-label={`Remove ${legend.toLowerCase()} line ${i + 1}`}
            onClick={() => onChange(pairs.filter((_, at) => at !== i))}
          />
        </div>
      ))}
      <div>
        <Button size="sm" icon={Plus} onClick={() => onChange([...pairs, { key: '', text: '' }])}>
          Add
        </Button>
      </div>
      {error !== undefined && (
        <p role="alert" className="text-xs text-critical-text">
          {error}
        </p>
      )}
    </fieldset>
  );
}
