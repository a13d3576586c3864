import { type ReactNode, Suspense } from 'react';
import { AlertsBell } from '#components/alerts/bell/alerts-bell.tsx';
import { AwaitedProvider } from '#components/deployments/awaited/awaited.tsx';
import { AwaitedLink } from '#components/deployments/awaited/awaited-link.tsx';
import { LeaveWhenSignedOut } from '#components/live/leave-when-signed-out.tsx';
import { LiveProvider } from '#components/live/live-provider.tsx';
import { PersonProvider } from '#components/push/person.tsx';
import { PushSync } from '#components/push/push-sync.tsx';
import { Toaster } from '#components/ui/toast.tsx';
import type { AwaitedApprovals } from '#lib/model/awaited-approval.ts';
import { AccountMenu, type Viewer } from './account-menu.tsx';
import { Brand } from './brand.tsx';
import { CommandPalette } from './command-palette.tsx';
import { EnvironmentSwitch } from './environment-switch.tsx';
import { FleetPulse } from './fleet-pulse.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { NavBar, NavColumn } from './nav-links.tsx';
import { RangeControl } from './range-control.tsx';
import { TeamSwitch } from './team-switch.tsx';

export interface ShellProps {
  viewer: Viewer;
  team: { id: string; name: string };
  teams: readonly { id: string; name: string }[];
  environments: readonly string[];
  /** Whether this person may see deployments, where the installation has them. */
  deploys: boolean;
  /** Deployments that wait for this person's approval; null for who approves nothing. */
  awaited: AwaitedApprovals | null;
  /** Origin of the realtime service. */
  realtimeUrl: string;
  signOut: () => Promise<void>;
  /** Makes another team the active one; left out where there is only one. */
  switchTeam?: (teamId: string) => Promise<void>;
  children: ReactNode;
}

/**
 * The shell: what stays around every page. Left navigation (a bottom bar on phones), a top line with
 * team, environment, range and live state, and the one live connection of the page.
 */
export function AppShell(props: ShellProps) {
  const { viewer, team, teams, environments, deploys, signOut, switchTeam, children } = props;
  return (
    <PersonProvider id={viewer.id}>
      <LiveProvider teamId={team.id} realtimeUrl={props.realtimeUrl}>
        <AwaitedProvider initial={props.awaited}>
          <a
            href="#content"
            className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-surface focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
          >
            Skip to content
          </a>
          <div className="md:grid md:grid-cols-[208px_minmax(0,1fr)]">
            <aside className="sticky top-0 hidden h-dvh flex-col gap-4 border-r border-line bg-canvas px-3 py-3 md:flex">
              <Brand />
              <Suspense>
                <NavColumn deploys={deploys} />
              </Suspense>
              <div className="mt-auto">
                <FleetPulse />
              </div>
            </aside>
            <div className="min-w-0">
              <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-line bg-canvas px-2 md:px-4">
                <Suspense>
                  <TeamSwitch team={team} teams={teams} switchTeam={switchTeam} />
                  <span className="hidden sm:inline">
                    <EnvironmentSwitch environments={environments} />
                  </span>
                  <div className="ml-auto flex items-center gap-0.5 md:gap-1">
                    <CommandPalette deploys={deploys} />
                    <RangeControl />
                    <LiveIndicator />
                    <AwaitedLink />
                    <AlertsBell />
                    <AccountMenu viewer={viewer} signOut={signOut} />
                  </div>
                </Suspense>
              </header>
              <Suspense>
                <EnvironmentSwitch environments={environments} asLine />
              </Suspense>
              <main
                id="content"
                tabIndex={-1}
                className="mx-auto max-w-[1680px] px-3 pt-4 pb-[calc(96px+env(safe-area-inset-bottom))] outline-none md:px-6 md:pt-5 md:pb-10"
              >
                {children}
              </main>
            </div>
          </div>
          <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
            <Suspense>
              <NavBar deploys={deploys} />
            </Suspense>
          </div>
          <LeaveWhenSignedOut />
          <Toaster />
          <PushSync />
        </AwaitedProvider>
      </LiveProvider>
    </PersonProvider>
  );
}
