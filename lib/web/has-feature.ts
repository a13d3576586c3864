import { webContext } from '#lib/compose/web.ts';
import { type FeatureFlag, flagOff } from '#lib/model/installation-settings.ts';

/** Whether a feature is switched on, for pages that lead to it; the verbs behind it ask for themselves. */
export async function hasFeature(flag: FeatureFlag): Promise<boolean> {
  const { settings } = await webContext();
  return flagOff((await settings.current()).features, flag) === null;
}
