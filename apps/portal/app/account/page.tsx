import { headers } from 'next/headers';
import { currentText, portal, requireActor } from '../../src/page-access.ts';
import { PasswordForm, SecondFactor } from '../../src/view/account-forms.tsx';
import { Sessions } from '../../src/view/sessions.tsx';

export default async function Page() {
  const actor = await requireActor();
  const { text } = await currentText();
  const sessions = await portal().sessionsOf(actor, await headers());
  return (
    <div className="narrow">
      <title>{text.account.title}</title>
      <h1>{text.account.title}</h1>
      <p>
        {actor.name}, {actor.email}: {text.roles[actor.role]}, {actor.clinicName}
      </p>
      <section aria-labelledby="factor">
        <h2 id="factor">{text.account.secondFactor}</h2>
        <SecondFactor isOn={actor.twoFactor} />
      </section>
      <section aria-labelledby="password">
        <h2 id="password">{text.account.changePassword}</h2>
        <PasswordForm />
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">{text.sessions.title}</h2>
        <p className="hint">{text.account.sessionEnds}</p>
        <Sessions sessions={sessions} />
      </section>
    </div>
  );
}
