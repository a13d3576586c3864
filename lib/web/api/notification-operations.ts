import type { z } from 'zod';
import { createChannel } from '#lib/notifications/channels/create-channel.ts';
import { deleteChannel } from '#lib/notifications/channels/delete-channel.ts';
import { getChannel, listChannels } from '#lib/notifications/channels/queries.ts';
import { rotateSigningSecret } from '#lib/notifications/channels/rotate-signing-secret.ts';
import { testChannel } from '#lib/notifications/channels/test-channel.ts';
import { updateChannel } from '#lib/notifications/channels/update-channel.ts';
import { getDelivery, listDeliveries } from '#lib/notifications/delivery-queries.ts';
import {
  listDevices,
  registerDevice,
  removeDevice,
  testDevices,
} from '#lib/notifications/devices/devices.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'notifications',
});

/** The rows of channels, the delivery log and the devices of web push. */
export const notificationOperations = {
  listChannels: operation({
    method: 'GET',
    path: '/notification-channels',
    verb: listChannels,
    summary: 'List the channels of the team with their state',
    answer: 'ChannelList',
  }),
  createChannel: operation({
    method: 'POST',
    path: '/notification-channels',
    verb: createChannel,
    summary: 'Make a channel; the signing key of a webhook is shown this once',
    answer: 'ChannelCreated',
    status: 201,
  }),
  getChannel: operation({
    method: 'GET',
    path: '/notification-channels/{id}',
    verb: getChannel,
    summary: 'Read a channel; its secrets are never shown',
    answer: 'Channel',
  }),
  updateChannel: operation({
    method: 'PATCH',
    path: '/notification-channels/{id}',
    verb: updateChannel,
    summary: 'Change a channel; settings are replaced whole',
    answer: 'MadeId',
  }),
  deleteChannel: operation({
    method: 'DELETE',
    path: '/notification-channels/{id}',
    verb: deleteChannel,
    summary: 'Take a channel out of use',
    answer: 'MadeId',
  }),
  testChannel: operation({
    method: 'POST',
    path: '/notification-channels/{id}/test',
    verb: testChannel,
    summary: 'Send a try through a channel',
    answer: 'TestSent',
    status: 202,
  }),
  rotateSigningSecret: operation({
    method: 'POST',
    path: '/notification-channels/{id}/signing-secret',
    verb: rotateSigningSecret,
    summary: 'Give a webhook a new signing key; the former counts for a day',
    answer: 'SigningSecret',
  }),
  listDeliveries: operation({
    method: 'GET',
    path: '/notifications',
    verb: listDeliveries,
    summary: 'The delivery log, newest first',
    answer: 'DeliveryPage',
  }),
  getDelivery: operation({
    method: 'GET',
    path: '/notifications/{id}',
    verb: getDelivery,
    summary: 'One message with every try to send it',
    answer: 'Delivery',
  }),
  listDevices: operation({
    method: 'GET',
    path: '/push-subscriptions',
    verb: listDevices,
    summary: 'Your devices that take web push, and the key to subscribe with',
    answer: 'DeviceList',
  }),
  registerDevice: operation({
    method: 'POST',
    path: '/push-subscriptions',
    verb: registerDevice,
    summary: 'Note a subscription of this browser, or that it is still there',
    answer: 'MadeId',
  }),
  removeDevice: operation({
    method: 'DELETE',
    path: '/push-subscriptions/{id}',
    verb: removeDevice,
    summary: 'Forget one of your devices',
    answer: 'MadeId',
  }),
  testDevices: operation({
    method: 'POST',
    path: '/push-subscriptions/test',
    verb: testDevices,
    summary: 'Send a try to your devices',
    answer: 'TestSent',
    status: 202,
  }),
};
