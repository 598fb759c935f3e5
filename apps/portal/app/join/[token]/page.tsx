import { currentText, portal } from '../../../src/page-access.ts';
import { JoinForm } from '../../../src/view/account-forms.tsx';

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { text } = await currentText();
  const invitation = await portal().pages.invitation(token);
  if (invitation === null)
    return (
      <div className="narrow">
        <title>{text.join.usedTitle}</title>
        <h1>{text.join.usedTitle}</h1>
        <p>{text.join.used}</p>
        <p>{text.join.usedFirst}</p>
      </div>
    );
  const { role, clinicName, email } = invitation;
  const title = email === null ? text.join.title : text.join.newPasswordTitle;
  return (
    <div className="narrow">
      <title>{title}</title>
      <h1>{title}</h1>
      <p>
        {email !== null
          ? text.join.newPasswordFor(email)
          : clinicName === null
            ? text.join.firstAdministrator
            : text.join.asRole(text.roles[role], clinicName)}
      </p>
      <JoinForm token={token} newClinic={clinicName === null} email={email} />
    </div>
  );
}
