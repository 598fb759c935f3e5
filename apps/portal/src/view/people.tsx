'use client';
/** The people of a clinic, for its administrators. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ListedUser } from '../server/accounts.ts';
import type { ListedInvitation } from '../server/invitations.ts';
import { ask } from './api-client.ts';
import { AskButton } from './ask-button.tsx';
import { Choice, Field, Form } from './form.tsx';
import { MomentText } from './review/moment-text.tsx';
import { useText } from './text-context.tsx';

const roles = ['clinician', 'reader', 'administrator'] as const;

/** @param inviter the account that fills it in */
export function InviteForm({ inviter }: { inviter: string }) {
  const text = useText();
  const router = useRouter();
  const [link, setLink] = useState<string | null>(null);
  return (
    <>
      <Form<{ link: string }>
        button={text.users.inviteButton}
        draft={`/people invitation ${inviter}`}
        send={fields =>
          ask('POST', '/api/invitations', {
            role: fields.get('role'),
            note: String(fields.get('note') ?? ''),
          })
        }
        onDone={made => {
          setLink(made.link);
          router.refresh();
        }}
      >
        <Choice
          label={text.users.role}
          name="role"
          options={roles.map(role => [role, `${text.roles[role]}: ${text.rolesExplained[role]}`])}
        />
        <Field label={text.users.note} name="note" maxLength={200} />
      </Form>
      {link && <OneTimeLink link={link} />}
    </>
  );
}

/** The links that are still good, each with a button that withdraws it. */
export function OpenLinks({ links }: { links: readonly ListedInvitation[] }) {
  const text = useText();
  if (links.length === 0) return <p>{text.openLinks.none}</p>;
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{text.openLinks.purpose}</th>
            <th scope="col">{text.users.note}</th>
            <th scope="col">{text.openLinks.madeBy}</th>
            <th scope="col">{text.openLinks.until}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {links.map(({ id, role, note, email, createdBy, expiresAt }) => (
            <tr key={id}>
              <td>
                {email === null ? text.openLinks.account(text.roles[role]) : text.openLinks.password(email)}
              </td>
              <td>{note}</td>
              <td>{createdBy}</td>
              <td>
                <MomentText at={expiresAt} />
              </td>
              <td>
                <AskButton label={text.openLinks.withdraw} method="DELETE" path={`/api/invitations/${id}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function OneTimeLink({ link }: { link: string }) {
  const text = useText();
  const [copied, setCopied] = useState(false);
  return (
    <div className="notice" role="status">
      <p>{text.users.linkReady}</p>
      <p>
        <code className="secret">{link}</code>
      </p>
      <button
        type="button"
        onClick={async () => {
          await navigator.clipboard.writeText(link);
          setCopied(true);
        }}
      >
        {copied ? text.users.copied : text.users.copy}
      </button>
    </div>
  );
}

export function Person({ user, isSelf }: { user: ListedUser; isSelf: boolean }) {
  const text = useText();
  const router = useRouter();
  const [link, setLink] = useState<string | null>(null);
  return (
    <li className="card">
      <h2>
        {user.name} {isSelf && <span className="tag">{text.users.you}</span>}
        {user.disabled && <span className="tag">{text.users.closed}</span>}
      </h2>
      <p>
        {user.email}, {text.users.secondFactor}: {user.twoFactor ? text.yes : text.no}
      </p>
      <div className="row">
        <Form
          look="plain"
          button={text.users.change}
          doneText={text.saved}
          send={fields => ask('PUT', `/api/users/${user.id}`, { role: fields.get('role') })}
          onDone={() => router.refresh()}
        >
          <Choice
            label={text.users.role}
            name="role"
            defaultValue={user.role}
            options={roles.map(role => [role, text.roles[role]])}
          />
        </Form>
        <div className="actions">
          <Form<{ link: string }>
            look="plain"
            button={text.users.newPassword}
            send={() => ask('POST', `/api/users/${user.id}/new-password`, {})}
            onDone={made => {
              setLink(made.link);
              router.refresh();
            }}
          />
          {!isSelf && (
            <AskButton
              label={user.disabled ? text.users.open : text.users.close}
              method="PUT"
              path={`/api/users/${user.id}`}
              json={{ disabled: !user.disabled }}
            />
          )}
        </div>
      </div>
      {link && <OneTimeLink link={link} />}
    </li>
  );
}
