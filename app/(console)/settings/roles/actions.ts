'use server';

import {
  createGlobalRole as createGlobal,
  createTeamRole as createOfTeam,
} from '#lib/members/roles/create-role.ts';
import {
  deleteGlobalRole as deleteGlobal,
  deleteTeamRole as deleteOfTeam,
} from '#lib/members/roles/delete-role.ts';
import { previewRole as previewQuery } from '#lib/members/roles/queries.ts';
import {
  updateGlobalRole as updateGlobal,
  updateTeamRole as updateOfTeam,
} from '#lib/members/roles/update-role.ts';
import { action, asking } from '#lib/web/action.ts';

export const createTeamRole = action(createOfTeam);
export const updateTeamRole = action(updateOfTeam);
export const deleteTeamRole = action(deleteOfTeam);
export const createGlobalRole = action(createGlobal);
export const updateGlobalRole = action(updateGlobal);
export const deleteGlobalRole = action(deleteGlobal);
export const previewRole = asking(previewQuery);
