import { Button, ButtonLink } from './button.tsx';

/** The end of a form, within reach of a thumb. */
export function FormActions(props: { cancel: string; save: string; pending: boolean }) {
  return (
    <div className="sticky bottom-14 z-20 flex justify-end gap-2 border-t border-line bg-canvas py-3 md:bottom-0 lg:col-span-2">
      <ButtonLink href={props.cancel}>Cancel</ButtonLink>
      <Button type="submit" variant="primary" pending={props.pending}>
        {props.save}
      </Button>
    </div>
  );
}
