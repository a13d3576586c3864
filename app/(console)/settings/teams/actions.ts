'use server';

import { createTeam as createCommand } from '#lib/members/teams/create-team.ts';
import { deleteTeam as deleteCommand } from '#lib/members/teams/delete-team.ts';
import { getTeamContents as contentsQuery } from '#lib/members/teams/queries.ts';
import { renameTeam as renameCommand } from '#lib/members/teams/rename-team.ts';
import { action, asking } from '#lib/web/action.ts';

export const createTeam = action(createCommand);
export const renameTeam = action(renameCommand);
export const deleteTeam = action(deleteCommand);
export const getTeamContents = asking(contentsQuery);
