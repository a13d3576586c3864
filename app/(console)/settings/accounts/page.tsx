import type { Metadata } from 'next';
import { AccountList } from '#components/access/account-list.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { LineInput, Select } from '#components/ui/field.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listAccounts } from '#lib/members/accounts/list-accounts.ts';
import { listRoles } from '#lib/members/roles/queries.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { read, readPage, requireActor } from '#lib/web/session.ts';
import {
  deleteAccount,
  disableAccount,
  enableAccount,
  endAccountSessions,
  grantGlobalRole,
  makeResetLink,
  resetSecondFactor,
} from './actions.ts';

export const metadata: Metadata = { title: 'Accounts' };

const STATES = ['active', 'disabled', 'deleted'] as const;
const STATE_WORDS = { active: 'Active', disabled: 'Disabled', deleted: 'Deleted' };

export default async function AccountsPage(props: { searchParams: Promise<Record<string, unknown>> }) {
  const search = await props.searchParams;
  const { permissions } = await requireActor(paths.accounts());
  if (!permissions.has('accounts:read')) {
    return (
      <StateMessage kind="no-permission" title="Accounts are for admins of the installation">
        The people of your team stand under Members.
      </StateMessage>
    );
  }
  const q = typeof search.q === 'string' ? search.q.slice(0, 200) : '';
  const status = STATES.find((each) => each === search.status);
  const filter = { ...(q !== '' && { q }), ...(status && { status }) };
  const [page, matrix, hasMail] = await Promise.all([
    readPage(listAccounts, filter, search.cursor),
    permissions.has('roles:read') ? read(listRoles, {}) : null,
    sendsMail(),
  ]);
  const roles = (matrix?.roles ?? []).filter(({ scope }) => scope !== 'team');
  const manages = permissions.has('accounts:manage');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Accounts">
        Everybody who is known to this installation, whatever teams they are in.
      </PageHeader>
      <form method="get" className="flex flex-wrap gap-2">
        <span className="min-w-0 flex-1 basis-56">
          <LineInput
            label="Name or address"
            name="q"
            type="search"
            defaultValue={q}
            placeholder="Name or address"
            maxLength={200}
          />
        </span>
        <Select label="State" name="status" defaultValue={status ?? ''}>
          <option value="">Not deleted</option>
          {STATES.map((each) => (
            <option key={each} value={each}>
              {STATE_WORDS[each]}
            </option>
          ))}
        </Select>
        <Button type="submit">Search</Button>
      </form>
      <AccountList
        accounts={page.items}
        roles={roles.map(({ id, name, permissions: held }) => ({
          ...{ id, name },
          signsIn: held.includes('sessions:start'),
        }))}
        acts={
          manages
            ? {
                disable: disableAccount,
                enable: enableAccount,
                remove: deleteAccount,
                endSessions: endAccountSessions,
                resetSecondFactor,
                makeResetLink,
                grant: grantGlobalRole,
              }
            : null
        }
        sendsMail={hasMail}
        proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: paths.accounts() })}
        renderedAtMs={Date.now()}
      />
      {page.nextCursor !== null && (
        <div>
          <ButtonLink href={paths.accounts({ ...filter, cursor: page.nextCursor })}>More</ButtonLink>
        </div>
      )}
    </div>
  );
}
