import { Bell, Boxes, Gauge, type LucideIcon, PhoneCall, Plug, Rocket, Settings } from 'lucide-react';
import { CARRIED_PARAMETERS, paths } from '#lib/model/paths.ts';

export interface Destination {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Whether the range and the environment of the page before still mean something there. */
  carries: boolean;
  /** Left out of the bottom bar of phones, which has room for five: it stands in the menu of the account there. */
  wideOnly?: true;
  /** There only for who may see deployments, where the installation has them. */
  needsDeployments?: true;
}

const DESTINATIONS: readonly Destination[] = [
  { href: paths.overview(), label: 'Overview', icon: Gauge, carries: true },
  { href: paths.agents(), label: 'Agents', icon: Boxes, carries: true },
  { href: paths.alerts(), label: 'Alerts', icon: Bell, carries: false },
  { href: paths.onCall(), label: 'On-call', icon: PhoneCall, carries: false },
  {
    ...{ href: paths.deployments(), label: 'Deployments', icon: Rocket },
    ...{ carries: true, wideOnly: true, needsDeployments: true },
  },
  { href: paths.connect(), label: 'Connect', icon: Plug, carries: false, wideOnly: true },
  { href: paths.settings(), label: 'Settings', icon: Settings, carries: false },
];

/**
 * The places of the console, in the order of the navigation and of the bottom bar.
 *
 * @param deploys whether this person may see deployments here
 */
export function destinations(deploys: boolean): Destination[] {
  return DESTINATIONS.filter(({ needsDeployments }) => deploys || !needsDeployments);
}

/** A destination with the range and environment of the present page. */
export function carry(destination: Destination, params: URLSearchParams): string {
  if (!destination.carries) return destination.href;
  const kept = new URLSearchParams();
  for (const name of CARRIED_PARAMETERS) {
    const value = params.get(name);
    if (value) kept.set(name, value);
  }
  const text = kept.toString();
  return text === '' ? destination.href : `${destination.href}?${text}`;
}

/** Whether a page belongs to a destination. */
export function isWithin(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
