'use client';

import { useSyncExternalStore } from 'react';
import { Badge, type Tone } from './status.tsx';

interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

const SHOWN_MS = 6000;
const NONE: readonly Toast[] = [];
const WORDS: Record<Tone, string> = {
  ok: 'Done',
  warning: 'Note',
  critical: 'Failed',
  unknown: 'Note',
  progress: 'Working',
};

let toasts = NONE;
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says shortly what became of an act, without taking the focus. Failures stay until they are closed. */
export function toast({ tone, text }: { tone: Tone; text: string }): void {
  const id = nextId++;
  set([...toasts.slice(-2), { id, tone, text }]);
  if (tone !== 'critical') setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  set(toasts.filter((each) => each.id !== id));
}

/** Where toasts appear; once in the shell. */
export function Toaster() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  );
  return (
    <div
      aria-live="polite"
      className="fixed right-3 bottom-[72px] z-50 flex w-[min(380px,calc(100vw-24px))] flex-col gap-2 md:bottom-4"
    >
      {shown.map((each) => (
        <div key={each.id} className="flex items-start gap-2.5 rounded-lg bg-surface p-3 text-sm shadow-lg">
          <Badge tone={each.tone}>{WORDS[each.tone]}</Badge>
          <p className="min-w-0 flex-1 wrap-anywhere">{each.text}</p>
          <button
            type="button"
            onClick={() => dismiss(each.id)}
            className="touch rounded-sm px-1 text-xs text-muted hover:text-ink"
          >
            Close
          </button>
        </div>
      ))}
    </div>
  );
}
