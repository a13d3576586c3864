import { Bell, Boxes, Gauge, type LucideIcon, PhoneCall, Plug, Rocket, Settings } from 'lucide-react';
import { CARRIED_PARAMETERS, paths } from '#lib/model/paths.ts';

export interface Destination {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Whether the range and the environment of the page before still mean something there. */
  carries: boolean;
  /** Not in the bottom bar of phones, which has room for five: it stands behind "More" there. */
  isMore?: true;
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
    ...{ carries: true, isMore: true, needsDeployments: true },
  },
  { href: paths.connect(), label: 'Connect', icon: Plug, carries: false, isMore: true },
  { href: paths.settings(), label: 'Settings', icon: Settings, carries: false, isMore: true },
];

/**
 * The places of the console, in the order of the navigation.
 *
 * @param deploys whether this person may see deployments here
 */
export function destinations(deploys: boolean): Destination[] {
  return DESTINATIONS.filter(({ needsDeployments }) => deploys || !needsDeployments);
}

/** The places of the console on a phone: those of the bottom bar, and those behind "More" at its end. */
export function phoneDestinations(deploys: boolean): { bar: Destination[]; more: Destination[] } {
  const all = destinations(deploys);
  return { bar: all.filter(({ isMore }) => !isMore), more: all.filter(({ isMore }) => isMore) };
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
