import { ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';

export default function NotFound() {
  return (
    <main className="mx-auto max-w-xl px-4 pt-24">
      <StateMessage
        kind="empty"
        title="There is no such page"
        action={<ButtonLink href={paths.overview()}>Overview</ButtonLink>}
      >
        The address may be old or mistyped.
      </StateMessage>
    </main>
  );
}
