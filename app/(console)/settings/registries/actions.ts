'use server';

import {
  connectRegistry as connectCommand,
  removeRegistry as removeCommand,
  updateRegistry as updateCommand,
} from '#lib/registries/manage.ts';
import { action } from '#lib/web/action.ts';

export const connectRegistry = action(connectCommand);
export const updateRegistry = action(updateCommand);
export const removeRegistry = action(removeCommand);
