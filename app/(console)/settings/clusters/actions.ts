'use server';

import {
  checkCluster as checkCommand,
  connectCluster as connectCommand,
  deleteCluster as deleteCommand,
  reconnectCluster as reconnectCommand,
  updateCluster as updateCommand,
} from '#lib/clusters/manage.ts';
import { action } from '#lib/web/action.ts';

export const connectCluster = action(connectCommand);
export const updateCluster = action(updateCommand);
export const reconnectCluster = action(reconnectCommand);
export const deleteCluster = action(deleteCommand);
export const checkCluster = action(checkCommand);
