'use server';

import { createChannel as createCommand } from '#lib/notifications/channels/create-channel.ts';
import { deleteChannel as deleteCommand } from '#lib/notifications/channels/delete-channel.ts';
import { rotateSigningSecret as rotateCommand } from '#lib/notifications/channels/rotate-signing-secret.ts';
import { testChannel as testCommand } from '#lib/notifications/channels/test-channel.ts';
import { updateChannel as updateCommand } from '#lib/notifications/channels/update-channel.ts';
import {
  registerDevice as registerCommand,
  removeDevice as removeCommand,
  testDevices as testDevicesCommand,
} from '#lib/notifications/devices/devices.ts';
import { action } from '#lib/web/action.ts';

export const createChannel = action(createCommand);
export const updateChannel = action(updateCommand);
export const deleteChannel = action(deleteCommand);
export const testChannel = action(testCommand);
export const rotateSigningSecret = action(rotateCommand);
export const registerDevice = action(registerCommand);
export const removeDevice = action(removeCommand);
export const testDevices = action(testDevicesCommand);
