import Link from 'next/link';
import { currentText, portal, requireActor } from '../../src/page-access.ts';
import { MomentText } from '../../src/view/review/moment-text.tsx';
import { ScrollRegion } from '../../src/view/scroll-region.tsx';

export default async function Page({ searchParams }: { searchParams: Promise<{ before?: string }> }) {
  const actor = await requireActor(['administrator']);
  const { text } = await currentText();
  const asked = String((await searchParams).before ?? '');
  const before = /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
  const entries = await portal().pages.audit(actor, before);
  const last = entries.at(-1);
  return (
    <>
      <title>{text.audit.title}</title>
      <h1>{text.audit.title}</h1>
      <p>{text.audit.intro}</p>
      {entries.length === 0 ? (
        <p className="empty">{text.audit.none}</p>
      ) : (
        <ScrollRegion label={text.audit.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">{text.audit.time}</th>
                <th scope="col">{text.audit.who}</th>
                <th scope="col">{text.audit.what}</th>
                <th scope="col">{text.audit.record}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map(entry => (
                <tr key={entry.seq}>
                  <td className="number">{entry.seq}</td>
                  <td>
                    <MomentText at={entry.time} withSeconds />
                  </td>
                  <td>{entry.actor}</td>
                  <td>{text.audit.actions[entry.action] ?? entry.action}</td>
                  <td>
                    {text.audit.records[entry.recordType] ?? entry.recordType}{' '}
                    <RecordLink type={entry.recordType} id={entry.recordId} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <nav className="siblings" aria-label={text.audit.title}>
        {before !== undefined && (
          <Link href="/log" prefetch={false}>
            ← {text.audit.newest}
          </Link>
        )}
        {last !== undefined && entries.length === 100 && (
          <Link href={`/log?before=${last.seq}`} prefetch={false}>
            {text.audit.older} →
          </Link>
        )}
      </nav>
    </>
  );
}

const folders: Record<string, string> = { patient: 'patients', visit: 'visits', recording: 'recordings' };

/** To the record, while it is there. */
function RecordLink({ type, id }: { type: string; id: string }) {
  const folder = folders[type];
  const short = <code>{id.slice(0, 8)}</code>;
  return folder === undefined ? (
    short
  ) : (
    <Link href={`/${folder}/${id}`} prefetch={false}>
      {short}
    </Link>
  );
}
