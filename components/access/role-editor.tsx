'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextArea, TextField } from '#components/ui/field.tsx';
import { type Saving, savingAction } from '#components/ui/saving.ts';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { PermissionRow } from '#lib/model/access-view.ts';
import { paths } from '#lib/model/paths.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { groupPermissions, type PermissionGroup } from './permission-groups.ts';
import { type AskPreview, RolePreview } from './role-preview.tsx';

interface RoleValues {
  name: string;
  description: string;
  permissions: string[];
}
type Kept = { id: string; version: number };

interface RoleEditorProps {
  role: RoleValues;
  rows: readonly PermissionRow[];
  members: readonly { userId: string; name: string }[];
  saving: Saving<RoleValues, Kept, { warning?: string }>;
  /** Null for a role that is new. */
  remove: { id: string; act: BoundAction<{ id: string }, unknown> } | null;
  ask: AskPreview;
  proveAgain: string;
}

/** Ticks of one group; what the editor does not hold stays as it is, with the reason (security Z6). */
function Group(props: {
  group: PermissionGroup;
  chosen: ReadonlySet<string>;
  kept: ReadonlySet<string>;
  onChange: (permission: string, on: boolean) => void;
}) {
  const { group, chosen, kept, onChange } = props;
  return (
    <fieldset className="border-t border-line px-4 py-3">
      <legend className="float-left w-full pb-1 text-xs font-medium text-muted">{group.title}</legend>
      <div className="clear-both flex flex-col">
        {group.permissions.map(({ permission, says, held }) => {
          const blocked = !held && !kept.has(permission);
          return (
            <label key={permission} className="touch flex items-start gap-2.5 py-1 text-sm">
              <input
                type="checkbox"
                className="mt-1"
                checked={chosen.has(permission)}
                disabled={blocked}
                onChange={({ target: { checked } }) => onChange(permission, checked)}
              />
              <span className={blocked ? 'text-muted' : undefined}>
                {says}
                {blocked && <span className="block text-xs">You do not hold this yourself.</span>}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Makes or changes a role, beside a preview of what it comes to. */
export function RoleEditor(props: RoleEditorProps) {
  const { role, rows, proveAgain } = props;
  const router = useRouter();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role.permissions));
  const { save, pending, failure } = useSave(savingAction(props.saving), ({ warning }) => {
    if (warning !== undefined) toast({ tone: 'warning', text: warning });
    router.push(paths.roles());
  });
  const permissions = rows.map(({ permission }) => permission).filter((each) => chosen.has(each));
  const change = (permission: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(permission);
    else next.delete(permission);
    setChosen(next);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({
      name: String(form.get('name') ?? ''),
      description: String(form.get('description') ?? ''),
      permissions,
    });
  };
  const kept = new Set(role.permissions);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
      <form onSubmit={submit} className="flex min-w-0 flex-col gap-4">
        <Card label="Role" className="overflow-hidden">
          <div className="flex flex-col gap-3 p-4">
            <TextField label="Name" name="name" defaultValue={role.name} maxLength={60} required />
            <TextArea
              label="What it is for"
              name="description"
              defaultValue={role.description}
              maxLength={300}
              optional
            />
          </div>
          <CardHeader title="Permissions" hint={`${permissions.length} of ${rows.length}`} />
          {groupPermissions(rows).map((group) => (
            <Group key={group.noun} group={group} chosen={chosen} kept={kept} onChange={change} />
          ))}
        </Card>
        <ActFailure failure={failure} proveAgain={proveAgain} />
        {props.remove && (
          <p className="text-sm text-muted">
            Whoever has this role and may do more or less by the change signs in again.
          </p>
        )}
        {!chosen.has('sessions:start') && (
          <p role="status" className="text-sm text-warning-text">
            Without “Sign in”, whoever has this role and no other cannot enter. Tick it, unless they get it by
            another role.
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" pending={pending}>
            Save role
          </Button>
          <ButtonLink href={paths.roles()}>Cancel</ButtonLink>
          {props.remove && (
            <ConfirmButton
              label="Delete role"
              size="md"
              question={`Delete ${role.name}?`}
              words="A role that somebody still holds stays; who holds it gets another first."
              input={{ id: props.remove.id }}
              act={props.remove.act}
              proveAgain={proveAgain}
              onDone={() => router.replace(paths.roles())}
            />
          )}
        </div>
      </form>
      <RolePreview permissions={permissions} rows={rows} members={props.members} ask={props.ask} />
    </div>
  );
}
