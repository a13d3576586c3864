import { webContext } from '#lib/compose/web.ts';
import { type FeatureFlag, flagOff } from '#lib/model/installation-settings.ts';
import { requireActor } from './session.ts';

/** Whether a feature is switched on, for pages that lead to it; the verbs behind it ask for themselves. */
export async function hasFeature(flag: FeatureFlag): Promise<boolean> {
  const { settings } = await webContext();
  return flagOff((await settings.current()).features, flag) === null;
}

/** Whether the person who asks may see deployments, where the installation has them. */
export async function maySeeDeployments(): Promise<boolean> {
  const { permissions } = await requireActor();
  return permissions.has('deployments:read') && hasFeature('deployment_automation');
}
