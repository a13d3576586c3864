import type { Tx } from '#db/client.ts';
import type { Outcome } from '../delivery/record-outcomes.ts';
import { noteFailedChannels } from './failed-channels.ts';
import { fallBack } from './fall-back.ts';
import { forgetGoneDevices } from './gone-devices.ts';

/** What this room does about rows that failed for good. */
export async function mendFailures(tx: Tx, failed: readonly Outcome[]): Promise<void> {
  await noteFailedChannels(tx, failed);
  await fallBack(tx, failed);
  await forgetGoneDevices(tx, failed);
}
