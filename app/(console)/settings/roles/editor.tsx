import { RoleEditor } from '#components/access/role-editor.tsx';
import { listMembers } from '#lib/members/people/list-members.ts';
import type { RoleMatrix, RoleView } from '#lib/model/access-view.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  createGlobalRole,
  createTeamRole,
  deleteGlobalRole,
  deleteTeamRole,
  previewRole,
  updateGlobalRole,
  updateTeamRole,
} from './actions.ts';

/** Begins with leave to sign in: whoever is given a role signs in with it, so that one without it locks people out. */
const NEW = { name: '', description: '', permissions: ['sessions:start'] };

/** The editor of a role; which verbs it saves by follows from where the role stands. */
export async function Editor(props: {
  scope: 'team' | 'installation';
  /** Null for one that is new. */
  existing: RoleView | null;
  rows: RoleMatrix['permissions'];
  backTo: string;
}) {
  const { scope, existing: role, rows, backTo } = props;
  const { permissions } = await requireActor(backTo);
  const members = permissions.has('members:read') ? (await read(listMembers, {})).items : [];
  const ofTeam = scope === 'team';
  const [create, update, remove] = ofTeam
    ? [createTeamRole, updateTeamRole, deleteTeamRole]
    : [createGlobalRole, updateGlobalRole, deleteGlobalRole];
  const values = role && { name: role.name, description: role.description, permissions: role.permissions };
  return (
    <RoleEditor
      role={values ?? NEW}
      rows={ofTeam ? rows.filter(({ global }) => !global) : rows}
      members={members
        .filter(({ isMember }) => isMember)
        .map(({ userId, name, email }) => ({ userId, name: name || email }))}
      saving={role ? { update, kept: { id: role.id, version: role.version } } : { create }}
      remove={role && { id: role.id, act: remove }}
      ask={previewRole}
      proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: backTo })}
    />
  );
}
