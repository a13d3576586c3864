import { paths } from '#lib/model/paths.ts';
import { isWithin } from './navigation.ts';

/** Where to look for what an address did not lead to. */
export interface NearestList {
  href: string;
  label: string;
}

/** The lists of the console; of two that hold an address the longer one is nearer. */
const LISTS: readonly NearestList[] = [
  { href: paths.agents(), label: 'All agents' },
  { href: paths.alerts(), label: 'All alerts' },
  { href: paths.alertRules(), label: 'All rules' },
  { href: paths.silences(), label: 'All silences' },
  { href: paths.maintenance(), label: 'All maintenance windows' },
  { href: paths.deployments(), label: 'All deployments' },
  { href: paths.onCall(), label: 'All schedules' },
  { href: paths.policies(), label: 'All escalation policies' },
  { href: paths.settings(), label: 'All settings' },
  { href: paths.freezeWindows(), label: 'All freeze windows' },
  { href: paths.gateSources(), label: 'All gate sources' },
  { href: paths.members(), label: 'All members' },
  { href: paths.roles(), label: 'All roles' },
  { href: paths.alertRouting(), label: 'All routes' },
  { href: paths.notifications(), label: 'All channels' },
  { href: paths.deliveries(), label: 'All deliveries' },
  { href: paths.singleSignOn(), label: 'All providers' },
];

/** The list of what an address names: of runs, which have none of their own, and elsewhere that of the agents. */
export function nearestList(pathname: string): NearestList {
  const around = LISTS.filter(({ href }) => isWithin(pathname, href));
  const [nearest] = around.toSorted((a, b) => b.href.length - a.href.length);
  return nearest ?? { href: paths.agents(), label: 'All agents' };
}
