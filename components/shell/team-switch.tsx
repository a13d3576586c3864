'use client';

import { ChevronsUpDown } from 'lucide-react';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';

interface Named {
  id: string;
  name: string;
}

/** The team whose fleet is shown; a menu where the person is in more than one. */
export function TeamSwitch(props: {
  team: Named;
  teams: readonly Named[];
  switchTeam?: ((teamId: string) => Promise<void>) | undefined;
}) {
  const { team, teams, switchTeam } = props;
  if (teams.length < 2 || !switchTeam) {
    return <span className="max-w-32 truncate px-2 text-sm font-medium">{team.name}</span>;
  }
  return (
    <Menu
      align="left"
      label={`Team: ${team.name}`}
      trigger={
        <>
          <span className="max-w-32 truncate font-medium">{team.name}</span>
          <Icon of={ChevronsUpDown} size={14} />
        </>
      }
    >
      {teams.map((each) => (
        <button
          key={each.id}
          type="button"
          role="menuitemradio"
          aria-checked={each.id === team.id}
          className={MENU_ITEM}
          onClick={() => switchTeam(each.id)}
        >
          {each.name}
        </button>
      ))}
    </Menu>
  );
}
