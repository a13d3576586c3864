import { StateMessage } from '#components/ui/states.tsx';

/** Stands where settings of the installation would be, for people whose roles are those of a team. */
export function InstallationOnly() {
  return (
    <StateMessage kind="no-permission" title="These settings concern the whole installation">
      A role of the installation is needed to see them. Ask somebody who holds the global role admin.
    </StateMessage>
  );
}
