'use client';

import { KeyRound, LogOut, MonitorSmartphone, ShieldCheck, SunMoon, UserRound } from 'lucide-react';
import Link from 'next/link';
import { useLiveTeam } from '#components/live/live-provider.tsx';
import { leaveBrowser } from '#components/push/subscription.ts';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';
import { initialsOf } from '#lib/model/cut-text.ts';
import { paths } from '#lib/model/paths.ts';

export interface Viewer {
  id: string;
  name: string;
  email: string;
  role: string;
}

const LINKS = [
  { href: paths.profile(), label: 'Profile', icon: UserRound },
  { href: paths.security(), label: 'Password and sign-in', icon: ShieldCheck },
  { href: paths.appearance(), label: 'Appearance', icon: SunMoon },
  { href: paths.sessions(), label: 'Sessions', icon: MonitorSmartphone },
  { href: paths.apiKeys(), label: 'API keys', icon: KeyRound },
];

/** Who is signed in, and what belongs to that person. `signOut` ends the session on the server. */
export function AccountMenu({ viewer, signOut }: { viewer: Viewer; signOut: () => Promise<void> }) {
  const { connection } = useLiveTeam();
  const leave = async () => {
    await leaveBrowser();
    // The answer says where to go; word of the ended session must not lead elsewhere first.
    connection.stop();
    await signOut();
  };
  return (
    <Menu
      label={`Account of ${viewer.name || viewer.email}`}
      trigger={
        <span className="inline-flex size-6 items-center justify-center rounded-full bg-selected text-xs font-medium">
          {initialsOf(viewer.name.trim() || viewer.email)}
        </span>
      }
    >
      <div className="border-b border-line px-2 pt-1 pb-2 text-sm">
        {viewer.name !== '' && <p className="font-medium">{viewer.name}</p>}
        <p className="text-xs text-muted">
          {viewer.email} · {viewer.role}
        </p>
      </div>
      {LINKS.map((link) => (
        <Link key={link.href} href={link.href} role="menuitem" className={MENU_ITEM}>
          <Icon of={link.icon} />
          {link.label}
        </Link>
      ))}
      <button type="button" role="menuitem" className={MENU_ITEM} onClick={leave}>
        <Icon of={LogOut} />
        Sign out
      </button>
    </Menu>
  );
}
