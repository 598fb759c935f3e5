'use client';
/** Coming in, going out, and one's own account. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type Language, languages, textOf } from '../text/index.ts';
import { ask } from './api-client.ts';
import { chooseOffline } from './browser/use-offline.ts';
import { areThereDrafts, forgetDrafts } from './drafts.ts';
import { Field, Form } from './form.tsx';
import { QrCode } from './qr-code.tsx';
import { useLanguage, useText } from './text-context.tsx';
import { useFocusOnChange } from './use-focus.ts';

/** With a fresh start of the page: nothing of whoever was there before stays in it. */
function goTo(path: string): void {
  location.replace(path);
}

/** @param to the page to go to then */
export function SignInForm({ to }: { to: string }) {
  const text = useText();
  const [step, setStep] = useState<'password' | 'totp' | 'backup'>('password');
  const heading = useFocusOnChange<HTMLHeadingElement>(step);

  if (step === 'password')
    return (
      <Form<{ twoFactorRedirect?: boolean }>
        button={text.signIn.button}
        send={fields =>
          ask('POST', '/api/auth/sign-in/email', {
            email: fields.get('email'),
            password: fields.get('password'),
          })
        }
        onDone={({ twoFactorRedirect }) => (twoFactorRedirect ? setStep('totp') : goTo(to))}
      >
        <Field label={text.signIn.email} name="email" type="email" required autoComplete="username" />
        <Field
          label={text.signIn.password}
          name="password"
          type="password"
          required
          autoComplete="current-password"
        />
        <p className="hint">{text.signIn.help}</p>
      </Form>
    );
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        {text.signIn.secondFactor}
      </h2>
      <Form
        key={step}
        button={text.signIn.confirm}
        send={fields =>
          ask('POST', `/api/auth/two-factor/verify-${step === 'totp' ? 'totp' : 'backup-code'}`, {
            code: String(fields.get('code')).replaceAll(/\s/g, ''),
          })
        }
        onDone={() => goTo(to)}
      >
        <Field
          label={step === 'totp' ? text.signIn.code : text.signIn.backupCode}
          name="code"
          required
          autoComplete="one-time-code"
          inputMode={step === 'totp' ? 'numeric' : 'text'}
        />
      </Form>
      <button type="button" className="quiet" onClick={() => setStep(step === 'totp' ? 'backup' : 'totp')}>
        {step === 'totp' ? text.signIn.useBackupCode : text.signIn.useCode}
      </button>
      <button type="button" className="quiet" onClick={() => setStep('password')}>
        {text.signIn.startAgain}
      </button>
    </>
  );
}

export function JoinForm({
  token,
  newClinic,
  email,
}: {
  token: string;
  newClinic: boolean;
  /** Of the account whose password is set anew. */
  email: string | null;
}) {
  const text = useText();
  const isNew = email === null;
  return (
    <Form<{ email: string }>
      button={isNew ? text.join.button : text.join.newPasswordButton}
      send={async fields => {
        const value = (name: string) => String(fields.get(name) ?? '');
        const joined = await ask<{ email: string }>('POST', '/api/join', {
          token,
          name: value('name'),
          email: value('email'),
          password: value('password'),
          clinicName: value('clinicName'),
        });
        if (!joined.ok) return joined;
        const signedIn = await ask('POST', '/api/auth/sign-in/email', {
          email: joined.value.email,
          password: value('password'),
        });
        return signedIn.ok ? joined : signedIn;
      }}
      onDone={() => goTo('/patients')}
    >
      {newClinic && <Field label={text.join.clinicName} name="clinicName" required maxLength={200} />}
      {isNew && <Field label={text.join.name} name="name" required maxLength={200} autoComplete="name" />}
      {isNew && (
        <Field
          label={text.join.email}
          name="email"
          type="email"
          required
          maxLength={200}
          autoComplete="username"
        />
      )}
      <Field
        label={text.join.password}
        name="password"
        type="password"
        required
        autoComplete="new-password"
        hint={text.join.passwordRule}
      />
    </Form>
  );
}

export function SignOutButton() {
  const text = useText();
  return (
    <button
      type="button"
      className="quiet"
      onClick={async () => {
        // Asked first: who is signed out already must not be kept on a page with patients' data.
        if (areThereDrafts() && !confirm(text.drafts.signOut)) return;
        forgetDrafts('');
        await ask('POST', '/api/auth/sign-out', {});
        goTo('/sign-in');
      }}
    >
      {text.signOut}
    </button>
  );
}

export function LanguageChooser() {
  const text = useText();
  const router = useRouter();
  const language = useLanguage();
  return (
    <label className="language">
      <span>{text.language}</span>
      <select
        value={language}
        onChange={event => {
          const chosen = event.target.value as Language;
          // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox of the last two years
          document.cookie = `crepitus-language=${chosen}; path=/; max-age=31536000; samesite=strict`;
          void chooseOffline(chosen).then(() => router.refresh());
        }}
      >
        {languages.map(each => (
          <option key={each} value={each} lang={each}>
            {textOf(each).languageName}
          </option>
        ))}
      </select>
    </label>
  );
}

export function PasswordForm() {
  const text = useText();
  return (
    <Form
      button={text.account.changePassword}
      doneText={text.account.passwordChanged}
      send={fields =>
        ask('POST', '/api/account/password', {
          currentPassword: fields.get('current'),
          newPassword: fields.get('new'),
        })
      }
      onDone={(_, form) => form.reset()}
    >
      <Field
        label={text.account.currentPassword}
        name="current"
        type="password"
        required
        autoComplete="current-password"
      />
      <Field
        label={text.account.newPassword}
        name="new"
        type="password"
        required
        autoComplete="new-password"
        hint={text.join.passwordRule}
      />
    </Form>
  );
}

interface NewFactor {
  readonly totpURI: string;
  readonly backupCodes: readonly string[];
}

export function SecondFactor({ isOn }: { isOn: boolean }) {
  const text = useText();
  const router = useRouter();
  const [factor, setFactor] = useState<NewFactor | null>(null);
  const isSettingUp = factor !== null && !isOn;
  const part = useFocusOnChange<HTMLDivElement>(`${isOn} ${isSettingUp}`);
  const password = (
    <Field
      label={text.account.currentPassword}
      name="password"
      type="password"
      required
      autoComplete="current-password"
    />
  );
  if (isSettingUp) {
    const secret = new URL(factor.totpURI).searchParams.get('secret') ?? '';
    return (
      <div ref={part} tabIndex={-1}>
        <ol className="steps">
          <li>
            <p>{text.account.step1}</p>
            <QrCode content={factor.totpURI} label={text.account.qrCode} />
            <p>{text.account.step1Key}</p>
            <p>
              <code className="secret">{secret.replaceAll(/(.{4})/g, '$1 ').trim()}</code>
            </p>
            <p>
              <a href={factor.totpURI}>{text.account.step1Link}</a>
            </p>
          </li>
          <li>
            <p>{text.account.step2}</p>
            <ul className="codes">
              {factor.backupCodes.map(code => (
                <li key={code}>
                  <code>{code}</code>
                </li>
              ))}
            </ul>
          </li>
          <li>
            <p>{text.account.step3}</p>
            <Form
              button={text.signIn.confirm}
              send={fields =>
                ask('POST', '/api/auth/two-factor/verify-totp', {
                  code: String(fields.get('code')).replaceAll(/\s/g, ''),
                })
              }
              onDone={() => router.refresh()}
            >
              <Field
                label={text.signIn.code}
                name="code"
                required
                autoComplete="one-time-code"
                inputMode="numeric"
              />
            </Form>
          </li>
        </ol>
      </div>
    );
  }
  return (
    <div ref={part} tabIndex={-1}>
      <p>{isOn ? text.account.secondFactorOn : text.account.secondFactorOff}</p>
      <Form<NewFactor>
        key={String(isOn)}
        button={isOn ? text.account.turnOff : text.account.setUp}
        send={fields =>
          ask('POST', `/api/auth/two-factor/${isOn ? 'disable' : 'enable'}`, {
            password: fields.get('password'),
          })
        }
        onDone={made => {
          if (isOn) {
            setFactor(null);
            router.refresh();
          } else setFactor(made);
        }}
      >
        {password}
      </Form>
    </div>
  );
}
