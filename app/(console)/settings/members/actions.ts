'use server';

import { endAnySession as endOne } from '#lib/members/end-session.ts';
import {
  inviteMember as inviteCommand,
  resendInvitation as resendCommand,
  revokeInvitation as revokeCommand,
} from '#lib/members/invitations/invite-member.ts';
import { changeMemberRole as changeCommand } from '#lib/members/people/change-role.ts';
import { endMemberSessions as endAll } from '#lib/members/people/member-sessions.ts';
import { removeMember as removeCommand } from '#lib/members/people/remove-member.ts';
import { action } from '#lib/web/action.ts';

export const changeMemberRole = action(changeCommand);
export const removeMember = action(removeCommand);
export const inviteMember = action(inviteCommand);
export const resendInvitation = action(resendCommand);
export const revokeInvitation = action(revokeCommand);
export const endAnySession = action(endOne);
export const endMemberSessions = action(endAll);
