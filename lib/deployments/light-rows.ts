import { getTableColumns, sql } from 'drizzle-orm';
import { deployments } from '#db/schema/deployments.ts';
import type { Actor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import type { Ability } from '#lib/model/agent-view.ts';
import { deploymentAbilities } from './deployment-can.ts';
import type { DeploymentRecord } from './move-deployment.ts';

const { manifest, previousManifest, restoredManifest: _restored, ...columns } = getTableColumns(deployments);

/** Deployments without the objects that are kept of them, each as large as all the rest; only whether there are some. */
export const lightColumns = {
  ...columns,
  wasApplied: sql<boolean>`${manifest} is not null`,
  hasManifestBefore: sql<boolean>`${previousManifest} is not null`,
};

export type LightRow = Omit<DeploymentRecord, 'manifest' | 'previousManifest' | 'restoredManifest'> & {
  wasApplied: boolean;
  hasManifestBefore: boolean;
};

/** Whether somebody may take a deployment back, in the words of the verb that does. */
export function rollBackAbility(row: LightRow, actor: Actor): Ability {
  // Who asked for it is of no account for taking it back.
  return deploymentAbilities({ ...row, isOwn: false }, (permission) => holds(actor, permission)).rollBack;
}
