import type { ReactNode } from 'react';
import { Card } from '#components/ui/card.tsx';

/** One part of the editor: what it is about in plain words, then its fields. */
export function EditorSection(props: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Card label={props.title}>
      <div className="px-4 pt-3">
        <h2 className="text-sm font-medium">{props.title}</h2>
        {props.hint !== undefined && <p className="mt-0.5 text-xs text-muted">{props.hint}</p>}
      </div>
      <div className="grid gap-4 px-4 pt-3 pb-4 sm:grid-cols-2">{props.children}</div>
    </Card>
  );
}

/** A part of a section that is opened when it is wanted; it is open when something in it is wrong. */
export function MoreFields({ label, open, children }: { label: string; open: boolean; children: ReactNode }) {
  return (
    <details open={open || undefined} className="sm:col-span-2">
      <summary className="w-fit cursor-pointer rounded-sm py-1 text-sm text-muted hover:text-ink max-md:py-3">
        {label}
      </summary>
      <div className="grid gap-4 pt-3 sm:grid-cols-2">{children}</div>
    </details>
  );
}
