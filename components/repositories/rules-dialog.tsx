'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { AllowRule, RepositoryView } from '#lib/model/repository-schema.ts';
import { AllowRules } from './allow-rules.tsx';
import type { RepositoryActions } from './repository-dialogs.tsx';

/** Changes what of a repository may start a deployment. */
export function RulesDialog(props: {
  repository: RepositoryView;
  update: RepositoryActions['update'];
  onClose: () => void;
}) {
  const { repository, update, onClose } = props;
  const [allowed, setAllowed] = useState<AllowRule[]>(repository.allowed);
  const { save, pending, failure } = useSave(update, onClose);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  return (
    <Dialog
      open
      title={`What ${repository.fullName} may start`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => save({ id: repository.id, allowed })}>
            Save rules
          </Button>
        </>
      }
    >
      <AllowRules rules={allowed} errors={errors} onChange={setAllowed} />
      <ActFailure failure={failure} proveAgain="" fields />
    </Dialog>
  );
}
