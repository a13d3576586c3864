'use client';

import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { LineInput, Select } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { GrantableRole, GroupMapping } from '#lib/model/identity-provider.ts';

interface MappingEditorProps {
  mappings: readonly GroupMapping[];
  roles: readonly GrantableRole[];
  teams: readonly { id: string; name: string }[];
  /** Providers whose groups can be mapped. */
  sources: readonly { issuer: string; name: string }[];
  save: BoundAction<{ mappings: GroupMapping[]; seen: GroupMapping[] }, { changed: number }>;
  proveAgain: string;
}

type Row = GroupMapping & { key: number };
let lastKey = 0;
const keyed = (mapping: GroupMapping): Row => {
  lastKey += 1;
  return { ...mapping, key: lastKey };
};
const plain = ({ issuer, group, teamId, role }: GroupMapping): GroupMapping => ({
  issuer,
  group,
  teamId,
  role,
});

/** Which group gives which role where, in the order that decides. */
export function MappingEditor(props: MappingEditorProps) {
  const { mappings, roles, teams, sources } = props;
  const [rows, setRows] = useState(() => mappings.map(keyed));
  const [seen, setSeen] = useState(() => mappings.map(plain));
  const { save, pending, failure } = useSave(props.save, () => setSeen(rows.map(plain)));
  const isChanged = JSON.stringify(rows.map(plain)) !== JSON.stringify(seen);
  const replace = (index: number, change: Partial<GroupMapping>) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  const move = (index: number, by: number) => {
    const next = rows.toSpliced(index, 1);
    const row = rows[index];
    if (row) setRows(next.toSpliced(index + by, 0, row));
  };
  const add = () => {
    const issuer = rows.at(-1)?.issuer ?? sources[0]?.issuer ?? null;
    setRows([...rows, keyed({ issuer, group: '', teamId: teams[0]?.id ?? null, role: 'viewer' })]);
  };
  return (
    <Card label="Groups and roles">
      <CardHeader title="Groups and roles" hint="for each team the first group that matches wins" />
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
        {rows.length === 0 && (
          <p className="text-sm text-muted">
            No group gives a role yet. People get the role that their provider gives without a group.
          </p>
        )}
        <ol className="flex flex-col gap-2">
          {rows.map((row, index) => (
            <MappingRow
              key={row.key}
              row={row}
              name={`group ${index + 1}`}
              roles={roles}
              teams={teams}
              sources={sources}
              onChange={(change) => replace(index, change)}
              onUp={index > 0 ? () => move(index, -1) : null}
              onDown={index < rows.length - 1 ? () => move(index, 1) : null}
              onRemove={() => setRows(rows.toSpliced(index, 1))}
            />
          ))}
        </ol>
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
        <div className="flex flex-wrap gap-2">
          <Button onClick={add}>Add a group</Button>
          <Button
            variant="primary"
            pending={pending}
            disabledReason={isChanged ? null : 'Nothing was changed'}
            onClick={() => save({ mappings: rows.map(plain), seen })}
          >
            Save mapping
          </Button>
        </div>
      </div>
    </Card>
  );
}

function MappingRow(props: {
  row: Row;
  name: string;
  roles: readonly GrantableRole[];
  teams: MappingEditorProps['teams'];
  sources: MappingEditorProps['sources'];
  onChange: (change: Partial<GroupMapping>) => void;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
  onRemove: () => void;
}) {
  const { row, name, roles, teams, sources, onChange, onUp, onDown } = props;
  const fitting = roles.filter(({ teamId }) => teamId === null || teamId === row.teamId);
  const isGone = row.issuer !== null && sources.every(({ issuer }) => issuer !== row.issuer);
  return (
    <li className="flex flex-wrap items-center gap-2 border-line max-sm:border-t max-sm:pt-3 max-sm:first:border-t-0 max-sm:first:pt-0">
      <span className="min-w-0 flex-1 basis-44">
        <LineInput
          label={`Name of ${name}`}
          value={row.group}
          maxLength={200}
          placeholder="Group as the provider sends it"
          onChange={(event) => onChange({ group: event.target.value })}
        />
      </span>
      <Select
        label={`Provider of ${name}`}
        value={row.issuer ?? ''}
        onChange={(event) => onChange({ issuer: event.target.value || null })}
      >
        <option value="">of any provider</option>
        {sources.map(({ issuer, name: source }) => (
          <option key={issuer} value={issuer}>
            of {source}
          </option>
        ))}
        {isGone && row.issuer !== null && <option value={row.issuer}>of {row.issuer}</option>}
      </Select>
      <Select
        label={`Role of ${name}`}
        value={row.role}
        onChange={(event) => onChange({ role: event.target.value })}
      >
        {fitting.map(({ id, name: role }) => (
          <option key={id} value={id}>
            {role}
          </option>
        ))}
      </Select>
      <Select
        label={`Where ${name} holds`}
        value={row.teamId ?? ''}
        onChange={(event) => onChange({ teamId: event.target.value || null, role: 'viewer' })}
      >
        <option value="">in every team</option>
        {teams.map(({ id, name: team }) => (
          <option key={id} value={id}>
            in {team}
          </option>
        ))}
      </Select>
      <span className="flex gap-1">
        <Button
          size="sm"
          variant="ghost"
          icon={ArrowUp}
          aria-label={`Move ${name} up`}
          disabled={!onUp}
          onClick={() => onUp?.()}
        />
        <Button
          size="sm"
          variant="ghost"
          icon={ArrowDown}
          aria-label={`Move ${name} down`}
          disabled={!onDown}
          onClick={() => onDown?.()}
        />
        <Button
          size="sm"
          variant="ghost"
          icon={Trash2}
          aria-label={`Remove ${name}`}
          onClick={props.onRemove}
        />
      </span>
    </li>
  );
}
