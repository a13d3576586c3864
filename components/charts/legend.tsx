'use client';

import { useEffect, useRef } from 'react';
import type { PanelStore } from './panel-store.ts';
import { formatPart, UNITS } from './prepare/measures.ts';

/** Names, colours and last values of a panel's lines. Values are written straight into the text, not through React. */
export function Legend({ store }: { store: PanelStore }) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const write = () => {
      const latest = store.latest();
      const { format, suffix } = UNITS[store.unit];
      list.current?.querySelectorAll('[data-last]').forEach((cell, i) => {
        const { value = null, isPart = false } = latest[i] ?? {};
        const text = value === null ? format(null) : `${formatPart(format(value), isPart)}${suffix}`;
        if (cell.textContent !== text) cell.textContent = text;
      });
    };
    write();
    return store.onLatest(write);
  }, [store]);

  return (
    <ul ref={list} className="flex flex-wrap justify-end gap-x-3 text-xs">
      {store.lines.map((line) => (
        <li key={line.label} className="flex items-center gap-1.5 whitespace-nowrap">
          <svg width="8" height="8" aria-hidden="true">
            <rect width="8" height="8" rx="2" fill={`var(--series-${line.colour})`} />
          </svg>
          <span className="text-muted">{line.label}</span>
          <span data-last className="min-w-9 font-medium">
            –
          </span>
        </li>
      ))}
    </ul>
  );
}
