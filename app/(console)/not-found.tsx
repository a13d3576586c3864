import { ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';

export default function ConsoleNotFound() {
  return (
    <StateMessage
      kind="empty"
      title="There is nothing here"
      action={<ButtonLink href={paths.agents()}>All agents</ButtonLink>}
    >
      It was deleted, never existed, or belongs to another team.
    </StateMessage>
  );
}
