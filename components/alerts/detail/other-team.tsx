import { Button } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';

/** The alert of a link belongs to another team of this person: one tap goes there. */
export function OtherTeam({ name, open }: { name: string; open: () => Promise<void> }) {
  return (
    <StateMessage
      kind="empty"
      title={`This alert is one of ${name}`}
      action={
        <form action={open}>
          <Button type="submit" variant="primary">
            Look at {name}
          </Button>
        </form>
      }
    >
      You are looking at another team now.
    </StateMessage>
  );
}
