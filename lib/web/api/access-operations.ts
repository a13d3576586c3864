import type { z } from 'zod';
import { deleteAccount } from '#lib/members/accounts/delete-account.ts';
import { grantGlobalRole } from '#lib/members/accounts/grant-global-role.ts';
import { listAccounts } from '#lib/members/accounts/list-accounts.ts';
import { disableAccount, enableAccount, endAccountSessions } from '#lib/members/accounts/set-status.ts';
import { inviteMember, resendInvitation, revokeInvitation } from '#lib/members/invitations/invite-member.ts';
import { listInvitations } from '#lib/members/invitations/queries.ts';
import { makeResetLink } from '#lib/members/passwords/make-reset-link.ts';
import { changeMemberRole } from '#lib/members/people/change-role.ts';
import { listMembers } from '#lib/members/people/list-members.ts';
import { endMemberSessions, listMemberSessions } from '#lib/members/people/member-sessions.ts';
import { removeMember } from '#lib/members/people/remove-member.ts';
import { createGlobalRole, createTeamRole } from '#lib/members/roles/create-role.ts';
import { deleteGlobalRole, deleteTeamRole } from '#lib/members/roles/delete-role.ts';
import { listRoles, previewRole } from '#lib/members/roles/queries.ts';
import { updateGlobalRole, updateTeamRole } from '#lib/members/roles/update-role.ts';
import { resetSecondFactor } from '#lib/members/second-factor/reset-second-factor.ts';
import { createTeam } from '#lib/members/teams/create-team.ts';
import { deleteTeam } from '#lib/members/teams/delete-team.ts';
import { getTeamContents, listTeams } from '#lib/members/teams/queries.ts';
import { renameTeam } from '#lib/members/teams/rename-team.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Operation<S, R>): Operation<S, R> => row;

/** Rows of `/api/v1` about roles, members, invitations, teams and accounts. Only people do these: no key holds them. */
export const accessOperations = {
  listRoles: operation({
    method: 'GET',
    path: '/roles',
    verb: listRoles,
    summary: 'Roles that can be granted in the team, with what each holds',
    tag: 'roles',
    answer: 'RoleMatrix',
  }),
  createTeamRole: operation({
    method: 'POST',
    path: '/roles',
    verb: createTeamRole,
    summary: 'Make a role of the team',
    tag: 'roles',
    answer: 'RoleChanged',
    status: 201,
  }),
  previewRole: operation({
    method: 'POST',
    path: '/roles/preview',
    verb: previewRole,
    summary: 'What a role would allow, and what a member would gain and lose; changes nothing',
    tag: 'roles',
    answer: 'RolePreview',
  }),
  updateTeamRole: operation({
    method: 'PATCH',
    path: '/roles/{id}',
    verb: updateTeamRole,
    summary: 'Change a role of the team',
    tag: 'roles',
    answer: 'RoleChanged',
  }),
  deleteTeamRole: operation({
    method: 'DELETE',
    path: '/roles/{id}',
    verb: deleteTeamRole,
    summary: 'Delete a role of the team that nobody holds',
    tag: 'roles',
    answer: 'RoleId',
  }),
  createGlobalRole: operation({
    method: 'POST',
    path: '/global-roles',
    verb: createGlobalRole,
    summary: 'Make a role of the installation',
    tag: 'roles',
    answer: 'RoleChanged',
    status: 201,
  }),
  updateGlobalRole: operation({
    method: 'PATCH',
    path: '/global-roles/{id}',
    verb: updateGlobalRole,
    summary: 'Change a role of the installation',
    tag: 'roles',
    answer: 'RoleChanged',
  }),
  deleteGlobalRole: operation({
    method: 'DELETE',
    path: '/global-roles/{id}',
    verb: deleteGlobalRole,
    summary: 'Delete a role of the installation that nobody holds',
    tag: 'roles',
    answer: 'RoleId',
  }),
  listMembers: operation({
    method: 'GET',
    path: '/members',
    verb: listMembers,
    summary: 'Everybody who may act in the team',
    tag: 'members',
    answer: 'MemberList',
  }),
  changeMemberRole: operation({
    method: 'PATCH',
    path: '/members/{id}',
    verb: changeMemberRole,
    summary: 'Give a member another role',
    tag: 'members',
    answer: 'MemberRole',
    idIs: 'userId',
  }),
  removeMember: operation({
    method: 'DELETE',
    path: '/members/{id}',
    verb: removeMember,
    summary: 'Take somebody out of the team',
    tag: 'members',
    answer: 'MemberId',
    idIs: 'userId',
  }),
  listMemberSessions: operation({
    method: 'GET',
    path: '/members/{id}/sessions',
    verb: listMemberSessions,
    summary: 'Where a member is signed in',
    tag: 'members',
    answer: 'MemberSessions',
    idIs: 'userId',
  }),
  endMemberSessions: operation({
    method: 'DELETE',
    path: '/members/{id}/sessions',
    verb: endMemberSessions,
    summary: 'Sign a member out everywhere',
    tag: 'members',
    answer: 'SessionsEnded',
    idIs: 'userId',
  }),
  listInvitations: operation({
    method: 'GET',
    path: '/invitations',
    verb: listInvitations,
    summary: 'Invitations that nobody has accepted yet',
    tag: 'members',
    answer: 'InvitationList',
  }),
  inviteMember: operation({
    method: 'POST',
    path: '/invitations',
    verb: inviteMember,
    summary: 'Invite somebody into the team by an address',
    tag: 'members',
    answer: 'Invited',
    status: 201,
  }),
  resendInvitation: operation({
    method: 'POST',
    path: '/invitations/{id}/resend',
    verb: resendInvitation,
    summary: 'Send an invitation again, with a new link',
    tag: 'members',
    answer: 'Invited',
  }),
  revokeInvitation: operation({
    method: 'DELETE',
    path: '/invitations/{id}',
    verb: revokeInvitation,
    summary: 'Take an invitation back',
    tag: 'members',
    answer: 'InvitationId',
  }),
  listTeams: operation({
    method: 'GET',
    path: '/teams',
    verb: listTeams,
    summary: 'The teams that you may act in',
    tag: 'teams',
    answer: 'TeamList',
  }),
  createTeam: operation({
    method: 'POST',
    path: '/teams',
    verb: createTeam,
    summary: 'Make a team',
    tag: 'teams',
    answer: 'TeamId',
    status: 201,
  }),
  renameTeam: operation({
    method: 'PATCH',
    path: '/team',
    verb: renameTeam,
    summary: 'Rename the team that you act in',
    tag: 'teams',
    answer: 'TeamId',
  }),
  getTeamContents: operation({
    method: 'GET',
    path: '/teams/{id}',
    verb: getTeamContents,
    summary: 'What would go with a team',
    tag: 'teams',
    answer: 'TeamContents',
  }),
  deleteTeam: operation({
    method: 'DELETE',
    path: '/teams/{id}',
    verb: deleteTeam,
    summary: 'Delete a team with everything it owns; `confirm` is its short name',
    tag: 'teams',
    answer: 'TeamId',
  }),
  listAccounts: operation({
    method: 'GET',
    path: '/accounts',
    verb: listAccounts,
    summary: 'Accounts of the installation',
    tag: 'members',
    answer: 'AccountPage',
  }),
  disableAccount: operation({
    method: 'POST',
    path: '/accounts/{id}/disable',
    verb: disableAccount,
    summary: 'Disable an account; its sessions end',
    tag: 'members',
    answer: 'MemberId',
    idIs: 'userId',
  }),
  enableAccount: operation({
    method: 'POST',
    path: '/accounts/{id}/enable',
    verb: enableAccount,
    summary: 'Let a disabled account in again',
    tag: 'members',
    answer: 'MemberId',
    idIs: 'userId',
  }),
  deleteAccount: operation({
    method: 'DELETE',
    path: '/accounts/{id}',
    verb: deleteAccount,
    summary: 'Delete an account; its id stays in the audit log',
    tag: 'members',
    answer: 'MemberId',
    idIs: 'userId',
  }),
  grantGlobalRole: operation({
    method: 'POST',
    path: '/accounts/{id}/global-role',
    verb: grantGlobalRole,
    summary: 'Grant a role that holds in every team, or take it back',
    tag: 'members',
    answer: 'MemberRole',
    idIs: 'userId',
  }),
  endAccountSessions: operation({
    method: 'DELETE',
    path: '/accounts/{id}/sessions',
    verb: endAccountSessions,
    summary: 'Sign somebody out everywhere',
    tag: 'members',
    answer: 'SessionsEnded',
    idIs: 'userId',
  }),
  resetSecondFactor: operation({
    method: 'DELETE',
    path: '/accounts/{id}/second-factor',
    verb: resetSecondFactor,
    summary: 'Take the authenticator app, the recovery codes and all passkeys off somebody',
    tag: 'members',
    answer: 'SecondFactorTaken',
    idIs: 'userId',
  }),
  makeResetLink: operation({
    method: 'POST',
    path: '/accounts/{id}/password-reset',
    verb: makeResetLink,
    summary: 'Make a link with which somebody chooses a new password',
    tag: 'members',
    answer: 'ResetLinkMade',
    idIs: 'userId',
  }),
};
