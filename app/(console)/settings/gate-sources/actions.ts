'use server';

import {
  createGateSource as createCommand,
  deleteGateSource as deleteCommand,
  updateGateSource as updateCommand,
} from '#lib/gates/sources/manage-sources.ts';
import { testGateSource as testQuery } from '#lib/gates/sources/test-source.ts';
import { action, asking } from '#lib/web/action.ts';

export const createGateSource = action(createCommand);
export const updateGateSource = action(updateCommand);
export const deleteGateSource = action(deleteCommand);
export const testGateSource = asking(testQuery);
