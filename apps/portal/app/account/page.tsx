import { currentText, requireActor } from '../../src/page-access.ts';
import { PasswordForm, SecondFactor } from '../../src/view/account-forms.tsx';

export default async function Page() {
  const actor = await requireActor();
  const { text } = await currentText();
  return (
    <div className="narrow">
      <title>{text.account.title}</title>
      <h1>{text.account.title}</h1>
      <p>
        {actor.name}, {actor.email}: {text.roles[actor.role]}, {actor.clinicName}
      </p>
      <p className="hint">{text.account.sessionEnds}</p>
      <section aria-labelledby="factor">
        <h2 id="factor">{text.account.secondFactor}</h2>
        <SecondFactor isOn={actor.twoFactor} />
      </section>
      <section aria-labelledby="password">
        <h2 id="password">{text.account.changePassword}</h2>
        <PasswordForm />
      </section>
    </div>
  );
}
