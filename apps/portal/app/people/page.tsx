import { currentText, portal, requireActor } from '../../src/page-access.ts';
import { InviteForm, OpenLinks, Person } from '../../src/view/people.tsx';

export default async function Page() {
  const actor = await requireActor(['administrator']);
  const { text } = await currentText();
  const users = await portal().pages.users(actor);
  const links = await portal().pages.invitations(actor);
  return (
    <>
      <title>{text.users.title}</title>
      <h1>{text.users.title}</h1>
      <ul className="cards">
        {users.map(user => (
          <Person key={user.id} user={user} isSelf={user.id === actor.userId} />
        ))}
      </ul>
      <section aria-labelledby="invite">
        <h2 id="invite">{text.users.invite}</h2>
        <InviteForm inviter={actor.userId} />
      </section>
      <section aria-labelledby="open-links">
        <h2 id="open-links">{text.openLinks.title}</h2>
        <OpenLinks links={links} />
      </section>
    </>
  );
}
