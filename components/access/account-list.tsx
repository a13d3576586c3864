'use client';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { AccountView, ResetLinkMade } from '#lib/model/access-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { LastSignIn } from './last-sign-in.tsx';
import { ResetLink } from './reset-link.tsx';
import { type GrantRole, type RoleChoice, RoleSelect } from './role-select.tsx';

type OfAccount = BoundAction<{ userId: string }, unknown>;

/** What an admin of the installation may do; null: look only. */
export interface AccountActs {
  disable: OfAccount;
  enable: OfAccount;
  remove: OfAccount;
  endSessions: OfAccount;
  resetSecondFactor: OfAccount;
  makeResetLink: BoundAction<{ userId: string }, ResetLinkMade>;
  grant: GrantRole;
}

interface AccountListProps {
  accounts: readonly AccountView[];
  roles: readonly RoleChoice[];
  acts: AccountActs | null;
  sendsMail: boolean;
  proveAgain: string;
  renderedAtMs: number;
}

type RowProps = AccountListProps & { account: AccountView; name: string };

function Enable({ account, name, acts, proveAgain }: RowProps & { acts: AccountActs }) {
  const { save, pending, failure } = useSave(acts.enable);
  return (
    <>
      <Button
        size="sm"
        aria-label={`Enable: ${name}`}
        pending={pending}
        onClick={() => save({ userId: account.userId })}
      >
        Enable
      </Button>
      <ActFailure failure={failure} proveAgain={proveAgain} />
    </>
  );
}

function Acts(props: RowProps & { acts: AccountActs }) {
  const { account, name, acts, proveAgain } = props;
  const own = account.isYou ? 'This is your own account.' : null;
  const input = { userId: account.userId };
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      {account.status === 'disabled' ? (
        <Enable {...props} />
      ) : (
        <ConfirmButton
          label="Disable"
          name={name}
          question={`Disable ${name}?`}
          words="They are signed out everywhere within seconds and cannot sign in until the account is enabled again."
          disabledReason={own}
          {...{ input, act: acts.disable, proveAgain }}
        />
      )}
      <ConfirmButton
        label="Sign out"
        name={name}
        question={`Sign ${name} out everywhere?`}
        words="Their pages and live connections end within seconds. They can sign in again."
        disabledReason={account.sessions > 0 ? null : 'Signed in nowhere.'}
        {...{ input, act: acts.endSessions, proveAgain }}
      />
      {account.hasPassword && account.status === 'active' && (
        <ResetLink
          {...{ name, proveAgain }}
          userId={account.userId}
          isYou={account.isYou}
          sendsMail={props.sendsMail}
          make={acts.makeResetLink}
        />
      )}
      {account.hasSecondFactor && (
        <ConfirmButton
          label="Reset second factor"
          name={name}
          question={`Take the second factor off ${name}?`}
          words={`For somebody who lost their phone: codes of their app, recovery codes and all passkeys are taken off, and their password alone lets them in until they set up new ones. ${props.sendsMail ? 'They are told by mail and stay' : 'They stay'} signed in where they are; sign them out too if somebody else may hold the phone. Make sure that it is they who ask.`}
          disabledReason={account.isYou ? 'Switch your own off under Security.' : null}
          {...{ input, act: acts.resetSecondFactor, proveAgain }}
        />
      )}
      <ConfirmButton
        label="Delete"
        name={name}
        question={`Delete the account of ${name}?`}
        words="Name, address and every way to reach them are removed; the audit log keeps the id. This cannot be undone."
        disabledReason={own}
        {...{ input, act: acts.remove, proveAgain }}
      />
    </div>
  );
}

function AccountRow(props: RowProps) {
  const { account, name, acts, roles, proveAgain, renderedAtMs } = props;
  const teams = account.teams.map((team) => `${team.name} (${team.role})`).join(', ');
  const isGone = account.status === 'deleted';
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm first:border-t-0">
      <span className="min-w-0 flex-1 basis-64">
        <span className="font-medium wrap-anywhere">{name}</span>{' '}
        {account.isYou && <span className="text-xs text-muted">you</span>}{' '}
        {account.status === 'disabled' && <Badge tone="warning">Disabled</Badge>}
        {isGone && <Badge>Deleted</Badge>}
        <span className="block text-xs text-muted wrap-anywhere">{account.email}</span>
        {!isGone && (
          <span className="block text-xs text-muted wrap-anywhere">
            {teams === '' ? 'in no team' : teams} · {formatPlural(account.sessions, 'session')} ·{' '}
            <LastSignIn atMs={account.lastSignInAt} renderedAtMs={renderedAtMs} /> ·{' '}
            {account.hasSecondFactor ? 'second factor on' : 'no second factor'}
          </span>
        )}
      </span>
      {acts && !isGone ? (
        <>
          <span className="flex min-w-0 flex-col gap-1">
            <RoleSelect
              label={`Role of ${name} in every team`}
              userId={account.userId}
              role={account.globalRole?.id ?? null}
              choices={roles}
              none="No role in every team"
              isYou={account.isYou}
              signsInOtherwise={account.teams.length > 0 || account.groupGlobalRole !== null}
              grant={acts.grant}
              proveAgain={proveAgain}
            />
            {account.groupGlobalRole && (
              <span className="text-xs text-muted">{account.groupGlobalRole.name} by group</span>
            )}
          </span>
          <Acts {...props} acts={acts} />
        </>
      ) : (
        <span className="text-xs text-muted">{account.globalRole?.name}</span>
      )}
    </li>
  );
}

/** Accounts of the installation. */
export function AccountList(props: AccountListProps) {
  if (props.accounts.length === 0) return <StateMessage kind="empty" title="No account matches" compact />;
  return (
    <Card label="Accounts">
      <ul>
        {props.accounts.map((account) => (
          <AccountRow
            key={account.userId}
            {...props}
            account={account}
            name={account.name || account.email || account.userId}
          />
        ))}
      </ul>
    </Card>
  );
}
