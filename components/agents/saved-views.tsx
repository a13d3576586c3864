'use client';

import { Bookmark, BookmarkPlus, Link2, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState, useTransition } from 'react';
import { useUrlState } from '#components/shell/use-url-state.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { SavedView } from '#lib/model/agent-view.ts';
import { useViews } from './use-views.ts';
import { sameView, viewQuery } from './view-query.ts';

export interface ViewActionSet {
  save: BoundAction<{ name: string; query: string }, SavedView>;
  remove: BoundAction<{ id: string }, { id: string }>;
}

/** The person's named filters and orders: choose one, keep the present one, pass on its address. */
export function SavedViews({ views, actions }: { views: readonly SavedView[]; actions: ViewActionSet }) {
  const [params] = useUrlState();
  const [naming, setNaming] = useState(false);
  const { open, remove } = useViews(actions.remove);
  const present = viewQuery(params);
  const current = views.find((view) => sameView(view.query, present));
  return (
    <>
      <Menu
        align="left"
        label={current ? `Views: ${current.name}` : 'Views'}
        trigger={
          <>
            <Icon of={Bookmark} />
            <span className="max-w-40 truncate">{current?.name ?? 'Views'}</span>
          </>
        }
      >
        {views.length === 0 && (
          <p className="max-w-60 px-2 py-1.5 text-xs text-muted">
            No views yet. Filter and sort the list, then keep that under a name.
          </p>
        )}
        {views.map((view) => (
          <button
            key={view.id}
            type="button"
            role="menuitemradio"
            aria-checked={view === current}
            className={MENU_ITEM}
            onClick={() => open(view)}
          >
            <span className="max-w-60 truncate">{view.name}</span>
          </button>
        ))}
        <hr className="my-1 border-line" />
        <button type="button" role="menuitem" className={MENU_ITEM} onClick={() => setNaming(true)}>
          <Icon of={BookmarkPlus} />
          Save this view …
        </button>
        <button type="button" role="menuitem" className={MENU_ITEM} onClick={() => void copyAddress()}>
          <Icon of={Link2} />
          Copy the link to this view
        </button>
        {current && (
          <button type="button" role="menuitem" className={MENU_ITEM} onClick={() => remove(current)}>
            <Icon of={Trash2} />
            Delete “{current.name}”
          </button>
        )}
      </Menu>
      <NameDialog
        open={naming}
        query={present}
        taken={current?.name ?? ''}
        save={actions.save}
        onClose={() => setNaming(false)}
      />
    </>
  );
}

async function copyAddress(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    toast({ tone: 'ok', text: 'The link is copied.' });
  } catch {
    toast({
      tone: 'critical',
      text: 'The browser did not let the link be copied. Take it from the address line.',
    });
  }
}

interface NameDialogProps {
  open: boolean;
  query: string;
  taken: string;
  save: ViewActionSet['save'];
  onClose: () => void;
}

function NameDialog({ open, query, taken, save, onClose }: NameDialogProps) {
  const form = useId();
  const router = useRouter();
  const [fault, setFault] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '');
    startTransition(async () => {
      const answer = await save({ name, query });
      setFault(answer.ok ? null : (answer.error.issues[0]?.message ?? answer.error.message));
      if (!answer.ok) return;
      toast({ tone: 'ok', text: `Saved the view ${answer.data.name}.` });
      router.refresh();
      onClose();
    });
  };
  return (
    <Dialog
      open={open}
      title="Save this view"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Save view
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="text-ink">
        <TextField
          name="name"
          label="Name"
          hint="Filters, order and environment are kept, for you alone. A name you used before is replaced."
          defaultValue={taken}
          error={fault}
          maxLength={60}
          autoComplete="off"
          required
        />
      </form>
    </Dialog>
  );
}
