'use client';

import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useFleetRows } from '#components/live/hooks.ts';
import { Icon } from '#components/ui/icon.tsx';
import { paths } from '#lib/model/paths.ts';
import { destinations } from './navigation.ts';
import { matchEntries, type PaletteEntry } from './palette-match.ts';

const FIXED: readonly PaletteEntry[] = [
  { id: 'keys', label: 'API keys', kind: 'Go to', words: 'tokens', href: paths.apiKeys() },
  { id: 'sessions', label: 'Sessions', kind: 'Go to', words: 'devices sign out', href: paths.sessions() },
  {
    id: 'appearance',
    label: 'Appearance',
    kind: 'Go to',
    words: 'theme dark light density',
    href: paths.appearance(),
  },
  { id: 'new', label: 'Add an agent by hand', kind: 'Do', words: 'new create', href: paths.newAgent() },
];

/** Parts of the list of deployments, for who may see it. */
const DEPLOYMENTS: readonly PaletteEntry[] = [
  {
    id: 'deployments under way',
    label: 'Deployments under way',
    kind: 'Go to',
    words: 'rollouts approve active',
    href: paths.deployments({ status: 'active' }),
  },
  {
    id: 'failed deployments',
    label: 'Failed deployments',
    kind: 'Go to',
    words: 'rollouts roll back',
    href: paths.deployments({ status: 'failed' }),
  },
];

/** Ctrl/Cmd K: to any page or agent in a few letters. */
export function CommandPalette({ deploys }: { deploys: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);

  return (
    <>
      <button
        type="button"
        aria-label="Search pages and agents"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen(true)}
        className="touch inline-flex h-8 items-center justify-center gap-2 rounded-md border border-transparent px-2 text-sm text-muted hover:bg-active lg:min-w-44 lg:justify-start lg:border-line-strong lg:bg-surface"
      >
        <Icon of={Search} />
        <span className="hidden lg:inline">Search</span>
        <kbd className="ml-auto hidden font-sans text-xs text-muted lg:inline">Ctrl K</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-label="Search pages and agents"
        onClose={() => setOpen(false)}
        className="mt-[12vh] w-[min(560px,calc(100vw-24px))] overflow-hidden rounded-lg bg-surface p-0 text-ink shadow-lg backdrop:bg-[#00000059]"
      >
        {open && <PaletteBody deploys={deploys} close={() => setOpen(false)} />}
      </dialog>
    </>
  );
}

function PaletteBody({ deploys, close }: { deploys: boolean; close: () => void }) {
  const router = useRouter();
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const rows = useFleetRows();
  const entries = useMemo(() => {
    const agents = (rows ?? []).map((row) => ({
      id: row.agentId,
      label: row.name,
      kind: 'Agent',
      words: row.environment,
      href: paths.agent(row.agentId),
    }));
    const places = destinations(deploys).map(({ href, label }) => ({ id: href, label, kind: 'Go to', href }));
    return [...places, ...FIXED, ...(deploys ? DEPLOYMENTS : []), ...agents];
  }, [rows, deploys]);
  const found = useMemo(() => matchEntries(query, entries), [query, entries]);

  const go = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    close();
    router.push(entry.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') go(found[at]);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setAt((at + step + found.length) % found.length);
  };

  return (
    <div>
      <input
        // The palette is opened to be typed into.
        ref={(input) => input?.focus()}
        role="combobox"
        aria-label="Search"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        placeholder="Go to a page or an agent"
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        className="h-12 w-full border-b border-line bg-surface px-4 text-base outline-none placeholder:text-faint"
      />
      <div id={id} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {found.map((entry, i) => (
          <button
            key={entry.id}
            id={`${id}-${i}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onClick={() => go(entry)}
            onPointerMove={() => setAt(i)}
            className={clsx(
              'flex h-9 w-full items-center gap-3 rounded-md px-2.5 text-sm',
              i === at && 'bg-active',
            )}
          >
            <span className="truncate">{entry.label}</span>
            <span className="truncate text-xs text-muted">{entry.kind === 'Agent' ? entry.words : ''}</span>
            <span className="ml-auto text-xs text-muted">{entry.kind}</span>
          </button>
        ))}
        {found.length === 0 && <p className="px-2.5 py-4 text-sm text-muted">Nothing is called that.</p>}
      </div>
    </div>
  );
}
