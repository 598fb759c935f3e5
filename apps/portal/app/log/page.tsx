import Link from 'next/link';
import { currentText, portal, requireActor } from '../../src/page-access.ts';
import { entriesPerPage, type LoggedEntry, readLogFilter } from '../../src/server/audit-log.ts';
import type { Text } from '../../src/text/index.ts';
import { actionText, detailText, recordText } from '../../src/view/log/entry-text.ts';
import { logAddress } from '../../src/view/log/log-address.ts';
import { LogFilter } from '../../src/view/log/log-filter.tsx';
import { MomentText } from '../../src/view/review/moment-text.tsx';
import { ScrollRegion } from '../../src/view/scroll-region.tsx';

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await requireActor(['administrator']);
  const { text } = await currentText();
  const read = readLogFilter(await searchParams);
  if ('unknown' in read)
    return (
      <>
        <title>{text.audit.title}</title>
        <h1>{text.audit.title}</h1>
        <p className="empty">{text.audit.notUnderstood(read.unknown)}</p>
        <Link href="/log" prefetch={false}>
          {text.audit.all}
        </Link>
      </>
    );
  const wanted = read.filter;
  const { before, ...filter } = wanted;
  const { entries, people, patients, missing } = await portal().pages.log(actor, wanted);
  const [first, last] = [entries[0], entries.at(-1)];
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <title>{text.audit.title}</title>
      <h1>{text.audit.title}</h1>
      <p>{text.audit.intro}</p>
      <LogFilter wanted={wanted} people={people} patients={patients} />
      {/* There with every answer, so that each is announced. */}
      <p className={first === undefined ? 'empty' : 'hint'} role="status">
        {first !== undefined && text.audit.shown(entries.length, first.seq, last!.seq)}
        {first === undefined &&
          (missing !== null
            ? text.audit.missing[missing]
            : isFiltered
              ? text.audit.noneSuch
              : text.audit.none)}
      </p>
      {first !== undefined && (
        <ScrollRegion label={text.audit.title}>
          <table className="log">
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">{text.audit.time}</th>
                <th scope="col">{text.audit.who}</th>
                <th scope="col">{text.audit.what}</th>
                <th scope="col">{text.audit.record}</th>
                <th scope="col">{text.audit.details}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map(entry => (
                <tr key={entry.seq}>
                  <td className="number">{entry.seq}</td>
                  <td>
                    <MomentText at={entry.time} withSeconds />
                  </td>
                  <td>{entry.actorId === null ? text.audit.notSignedIn : entry.actor}</td>
                  <td>{actionText(text, entry)}</td>
                  <td>
                    <Record text={text} entry={entry} patient={filter.patient} />
                  </td>
                  <td>{detailText(text, entry)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <nav className="siblings" aria-label={text.audit.title}>
        {before !== undefined && (
          <Link href={logAddress(filter)} prefetch={false}>
            ← {text.audit.newest}
          </Link>
        )}
        {last !== undefined && entries.length === entriesPerPage && (
          <Link href={logAddress({ ...filter, before: last.seq })} prefetch={false}>
            {text.audit.older} →
          </Link>
        )}
      </nav>
    </>
  );
}

/** Where a record is looked at. */
const addresses: Readonly<Record<string, (id: string) => string>> = {
  patient: id => `/patients/${id}`,
  visit: id => `/visits/${id}`,
  report: id => `/visits/${id}/report`,
  recording: id => `/recordings/${id}`,
};

/** Those whose id says nothing: there is one of them. */
const single = ['patients', 'clinic', 'log'];

/** With its name and a link while it is there; a deleted one by its id, and what was under a deleted patient by a link. */
function Record({
  text,
  entry: { recordType, recordId, record },
  patient: shown,
}: {
  text: Text;
  entry: LoggedEntry;
  patient: string | undefined;
}) {
  const kind = text.audit.records[recordType] ?? recordType;
  if (single.includes(recordType)) return kind;
  const address = record === null ? undefined : addresses[recordType];
  const name = recordText(text, record) ?? <code>{recordId.slice(0, 8)}</code>;
  const patientId = record?.patient?.id ?? (recordType === 'patient' ? recordId : undefined);
  return (
    <>
      {kind}{' '}
      {address === undefined ? (
        name
      ) : (
        <Link href={address(recordId)} prefetch={false}>
          {name}
        </Link>
      )}
      {patientId !== undefined && patientId !== shown && (
        <>
          {' '}
          <Link className="more" href={logAddress({ patient: patientId })} prefetch={false}>
            {text.audit.allOfPatient}
          </Link>
        </>
      )}
    </>
  );
}
