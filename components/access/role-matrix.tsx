'use client';

import { Check, Minus } from 'lucide-react';
import Link from 'next/link';
import { Fragment, useState } from 'react';
import { Card } from '#components/ui/card.tsx';
import { Select } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { RoleMatrix as Matrix, RoleView } from '#lib/model/access-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { groupPermissions } from './permission-groups.ts';

const SCOPE_WORDS: Record<RoleView['scope'], string> = {
  'built-in': 'built in',
  installation: 'of the installation',
  team: 'of the team',
};

function Holds({ holds }: { holds: boolean }) {
  return (
    <span className={holds ? 'text-ink' : 'text-faint'}>
      <Icon of={holds ? Check : Minus} size={16} />
      <span className="sr-only">{holds ? 'Yes' : 'No'}</span>
    </span>
  );
}

function RoleHead({ role }: { role: RoleView }) {
  return (
    <>
      {role.editable ? (
        <Link href={paths.role(role.id)} className="font-medium underline wrap-anywhere">
          {role.name}
        </Link>
      ) : (
        <span className="font-medium wrap-anywhere">{role.name}</span>
      )}
      <span className="block text-xs font-normal text-muted">
        {SCOPE_WORDS[role.scope]} · {formatPlural(role.holders, 'person', 'people')}
      </span>
    </>
  );
}

function Says({ says, global }: { says: string; global: boolean }) {
  return (
    <>
      {says}
      {global && (
        <>
          {' '}
          <Badge>whole installation</Badge>
        </>
      )}
    </>
  );
}

/** Roles side by side; the first column stays where it is when there are more than fit. */
function Table({ roles, permissions }: Matrix) {
  const held = new Map(roles.map((role) => [role.id, new Set(role.permissions)]));
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr>
            <th scope="col" className="sticky left-0 bg-surface px-4 py-2 text-left font-medium">
              Permission
            </th>
            {roles.map((role) => (
              <th key={role.id} scope="col" className="min-w-32 px-3 py-2 text-left align-top">
                <RoleHead role={role} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groupPermissions(permissions).map((group) => (
            <Fragment key={group.noun}>
              <tr className="border-t border-line bg-sunken">
                <th
                  scope="rowgroup"
                  colSpan={roles.length + 1}
                  className="px-4 py-1.5 text-left text-xs font-medium text-muted"
                >
                  {group.title}
                </th>
              </tr>
              {group.permissions.map(({ permission, says, global }) => (
                <tr key={permission} className="border-t border-line">
                  <th scope="row" className="sticky left-0 bg-surface px-4 py-1.5 text-left font-normal">
                    <Says says={says} global={global} />
                  </th>
                  {roles.map(({ id }) => (
                    <td key={id} className="px-3 py-1.5">
                      <Holds holds={held.get(id)?.has(permission) ?? false} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One role at a time, for a phone. */
function OneRole({ roles, permissions }: Matrix) {
  const [id, setId] = useState(roles[0]?.id ?? '');
  const role = roles.find((each) => each.id === id) ?? roles[0];
  if (!role) return null;
  const held = new Set(role.permissions);
  return (
    <div className="flex flex-col gap-3 p-4 text-sm">
      <Select label="Role" value={role.id} onChange={({ target: { value } }) => setId(value)}>
        {roles.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </Select>
      <p>
        <RoleHead role={role} />
      </p>
      {groupPermissions(permissions).map((group) => (
        <section key={group.noun}>
          <h3 className="text-xs font-medium text-muted">{group.title}</h3>
          <ul>
            {group.permissions.map(({ permission, says, global }) => (
              <li
                key={permission}
                className="flex items-start justify-between gap-3 border-t border-line py-1.5"
              >
                <span className="min-w-0">
                  <Says says={says} global={global} />
                </span>
                <Holds holds={held.has(permission)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** What each role allows: a matrix where there is room, one role at a time where there is not. */
export function RoleMatrix(matrix: Matrix) {
  return (
    <Card label="What each role allows" className="overflow-hidden">
      <div className="hidden md:block">
        <Table {...matrix} />
      </div>
      <div className="md:hidden">
        <OneRole {...matrix} />
      </div>
    </Card>
  );
}
