'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { DeploymentActions } from './actions.ts';
import type { ActDialogProps } from './cancel-dialog.tsx';

/** Deploys again and takes fields over: whoever confirms it names each manager that loses some (deployment S-04). */
export function ForceDialog(props: ActDialogProps & Pick<DeploymentActions, 'force'>) {
  const { deployment, force, onClose, onDone } = props;
  const { id, agent, version, conflicts } = deployment;
  const [named, setNamed] = useState<readonly string[]>([]);
  const { save, pending, failure } = useSave(force, (changed) => {
    onClose();
    onDone(changed);
  });
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  const fieldsOf = (name: string) => conflicts.filter(({ manager }) => manager === name).length;
  const toggle = (name: string) =>
    setNamed(named.includes(name) ? named.filter((each) => each !== name) : [...named, name]);
  return (
    <Dialog
      open
      title={`Take fields over for ${agent.name} ${version}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave them</Button>
          <Button
            variant="danger"
            pending={pending}
            disabledReason={named.length < managers.length ? 'Name each manager that loses fields.' : null}
            onClick={() => save({ id, managers: [...named] })}
          >
            Take over and deploy again
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          These own fields that the deployment sets. They lose them, and may set them back: whoever runs them
          should know. One that appears later stops the deployment again.
        </p>
        <fieldset className="flex flex-col gap-1">
          <legend className="sr-only">Who loses fields</legend>
          {managers.map((name) => (
            <label
              key={name}
              className="touch flex items-center gap-2.5 rounded-md px-2 py-1 text-ink hover:bg-hover"
            >
              <input
                type="checkbox"
                className="size-4 accent-(--n-12)"
                checked={named.includes(name)}
                onChange={() => toggle(name)}
              />
              <span className="min-w-0 wrap-anywhere">
                <span className="font-medium">{name}</span> loses {formatPlural(fieldsOf(name), 'field')}
              </span>
            </label>
          ))}
        </fieldset>
        <ActFailure failure={failure} />
      </div>
    </Dialog>
  );
}
