'use client';

import { useEffect, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField } from '#components/ui/field.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { PermissionRow, RolePreview as Preview } from '#lib/model/access-view.ts';
import { formatPlural } from '#lib/model/format.ts';

export type AskPreview = BoundAction<{ permissions: string[]; userId: string | null }, Preview>;

/** Long enough for the next tick of a box. */
const PAUSE_MS = 200;

/** What a draft would allow, asked anew when it changed; what was known last stands meanwhile. */
function usePreview(ask: AskPreview, permissions: readonly string[], userId: string | null) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const key = permissions.join(' ');
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await ask({ permissions: key === '' ? [] : key.split(' '), userId });
      if (!wanted) return;
      if (answer.ok) setPreview(answer.data);
      setFailure(answer.ok ? null : answer.error.message);
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [ask, key, userId]);
  return { preview, failure };
}

function Words(props: {
  title: string;
  names: readonly string[];
  rows: readonly PermissionRow[];
  empty: string;
}) {
  const says = new Map(props.rows.map((row) => [row.permission, row.says]));
  return (
    <section>
      <h3 className="text-sm font-medium">{props.title}</h3>
      {props.names.length === 0 ? (
        <p className="text-sm text-muted">{props.empty}</p>
      ) : (
        <ul className="list-disc pl-5 text-sm">
          {props.names.map((name) => (
            <li key={name}>{says.get(name) ?? name}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What somebody with the role can do, and what one member would gain and lose by it. */
export function RolePreview(props: {
  permissions: readonly string[];
  rows: readonly PermissionRow[];
  members: readonly { userId: string; name: string }[];
  ask: AskPreview;
}) {
  const [userId, setUserId] = useState<string | null>(null);
  const { preview, failure } = usePreview(props.ask, props.permissions, userId);
  const entersAlone = props.permissions.includes('sessions:start');
  return (
    <Card label="Preview" className="self-start">
      <CardHeader
        title={entersAlone ? 'A person with this role can' : 'This role adds to others'}
        hint={preview ? formatPlural(preview.allows.length, 'thing') : ''}
      />
      {!entersAlone && (
        <div className="px-4 pb-4">
          <StateMessage kind="error" compact title="A person with this role alone cannot sign in">
            It does not hold “Sign in”: what stands below counts only for who may sign in by another role.
          </StateMessage>
        </div>
      )}
      <div className="flex flex-col gap-4 px-4 pb-4" aria-live="polite">
        {failure !== null && <p className="text-sm text-critical-text">{failure}</p>}
        <Words
          title="In the team"
          names={preview?.allows ?? props.permissions}
          rows={props.rows}
          empty="Nothing."
        />
        {props.members.length > 0 && (
          <SelectField
            label="As the role of"
            value={userId ?? ''}
            onChange={({ target: { value } }) => setUserId(value === '' ? null : value)}
          >
            <option value="">Nobody</option>
            {props.members.map((member) => (
              <option key={member.userId} value={member.userId}>
                {member.name}
              </option>
            ))}
          </SelectField>
        )}
        {userId !== null && preview && (
          <>
            <Words title="Would gain" names={preview.gains} rows={props.rows} empty="Nothing." />
            <Words title="Would lose" names={preview.loses} rows={props.rows} empty="Nothing." />
          </>
        )}
      </div>
    </Card>
  );
}
