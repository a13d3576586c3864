'use client';
import Link from 'next/link';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { MemberView } from '#lib/model/access-view.ts';
import { paths } from '#lib/model/paths.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { LastSignIn } from './last-sign-in.tsx';
import { type GrantRole, type RoleChoice, RoleSelect } from './role-select.tsx';

/** What an admin may do; null: look only. */
export interface MemberActs {
  changeRole: GrantRole;
  remove: BoundAction<{ userId: string }, unknown>;
}

interface MemberListProps {
  members: readonly MemberView[];
  roles: readonly RoleChoice[];
  acts: MemberActs | null;
  seesSessions: boolean;
  proveAgain: string;
  renderedAtMs: number;
}

/** Roles that hold beside the one granted by hand, in words. */
function otherRoles({ groupRole, globalRoles }: MemberView): string {
  return [
    ...(groupRole ? [`${groupRole.name} by group`] : []),
    ...globalRoles.map(({ name }) => `${name} in every team`),
  ].join(' · ');
}

/** Whether a role beside the one by hand lets them sign in here. */
function signsInOtherwise({ groupRole, globalRoles }: MemberView, roles: readonly RoleChoice[]): boolean {
  const others = new Set([groupRole, ...globalRoles].map((role) => role?.id));
  return roles.some(({ id, signsIn }) => signsIn && others.has(id));
}

function Person({ member, renderedAtMs }: { member: MemberView; renderedAtMs: number }) {
  return (
    <span className="min-w-0 flex-1 basis-60">
      <span className="font-medium wrap-anywhere">{member.name || member.email}</span>{' '}
      {member.isYou && <span className="text-xs text-muted">you</span>}{' '}
      {member.status === 'disabled' && <Badge tone="warning">Disabled</Badge>}
      <span className="block text-xs text-muted wrap-anywhere">{member.email}</span>
      <span className="block text-xs text-muted">
        <LastSignIn atMs={member.lastSignInAt} renderedAtMs={renderedAtMs} /> ·{' '}
        {member.hasSecondFactor ? 'second factor on' : 'no second factor'}
        {member.isProvisioned && ' · kept by the identity provider'}
      </span>
    </span>
  );
}

function MemberRow({
  member,
  roles,
  acts,
  seesSessions,
  proveAgain,
  renderedAtMs,
}: MemberListProps & { member: MemberView }) {
  const name = member.name || member.email;
  const others = otherRoles(member);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm first:border-t-0">
      <Person member={member} renderedAtMs={renderedAtMs} />
      <span className="flex min-w-0 flex-col gap-1">
        {acts && member.isMember ? (
          <RoleSelect
            label={`Role of ${name}`}
            userId={member.userId}
            role={member.role?.id ?? null}
            choices={roles}
            isYou={member.isYou}
            signsInOtherwise={signsInOtherwise(member, roles)}
            grant={acts.changeRole}
            proveAgain={proveAgain}
          />
        ) : (
          <span>{member.role?.name ?? (member.isMember ? 'None by hand' : 'No member')}</span>
        )}
        {others !== '' && <span className="text-xs text-muted">{others}</span>}
      </span>
      <span className="flex items-center gap-2">
        {seesSessions && member.isMember && (
          <Link
            href={paths.memberSessions(member.userId)}
            className="touch inline-flex items-center text-xs underline"
          >
            Sessions
          </Link>
        )}
        {acts && member.isMember && (
          <ConfirmButton
            label="Remove"
            name={name}
            question={`Remove ${name} from the team?`}
            words={
              member.groupRole
                ? 'They lose this team within seconds and keep their account. Their groups bring them back at the next sign-in.'
                : 'They lose this team within seconds and keep their account.'
            }
            input={{ userId: member.userId }}
            act={acts.remove}
            proveAgain={proveAgain}
          />
        )}
      </span>
    </li>
  );
}

/** Everybody who may act in the team, with what an admin changes about it. */
export function MemberList(props: MemberListProps) {
  const members = props.members.filter(({ isMember }) => isMember);
  const others = props.members.filter(({ isMember }) => !isMember);
  return (
    <>
      <Card label="Members">
        <CardHeader title="Members" hint={`${members.length}`} />
        <ul>
          {members.map((member) => (
            <MemberRow key={member.userId} {...props} member={member} />
          ))}
        </ul>
      </Card>
      {others.length > 0 && (
        <Card label="Here by a role in every team">
          <CardHeader title="Here by a role in every team" hint={`${others.length}`} />
          <ul>
            {others.map((member) => (
              <MemberRow key={member.userId} {...props} member={member} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
