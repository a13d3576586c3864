'use server';

import { saveGroupMappings as saveMappingsCommand } from '#lib/members/groups/save-group-mappings.ts';
import {
  createProvider as createCommand,
  deleteProvider as deleteCommand,
  setProviderEnabled as setEnabledCommand,
  updateProvider as updateCommand,
} from '#lib/members/providers/manage-providers.ts';
import { action } from '#lib/web/action.ts';
import { startProviderTest } from '#lib/web/auth/single-sign-on.ts';

export const createProvider = action(createCommand);
export const updateProvider = action(updateCommand);
export const setProviderEnabled = action(setEnabledCommand);
export const deleteProvider = action(deleteCommand);
export const saveGroupMappings = action(saveMappingsCommand);

export async function testProvider(slug: string) {
  return startProviderTest(slug);
}
