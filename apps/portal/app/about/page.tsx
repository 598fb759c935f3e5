import { currentText, portal } from '../../src/page-access.ts';
import { Markdown } from '../../src/view/markdown.tsx';

export default async function Page() {
  const { text } = await currentText();
  const { bundle, card } = await portal().pages.detector();
  return (
    <>
      <title>{text.about.title}</title>
      <h1>{text.about.title}</h1>
      <p className="notice">{text.researchUse}</p>
      <p>{text.about.what}</p>
      <h2>{text.about.limits}</h2>
      <ul className="facts">
        {text.about.limitList.map(limit => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      <h2>{text.about.data}</h2>
      <p>{text.about.dataText}</p>
      <h2>{text.about.card}</h2>
      <p className="hint">{text.about.cardHint}</p>
      <p>
        {text.recording.detector(bundle.id, bundle.version)}, {text.recording.checksum}{' '}
        <code className="secret">{bundle.sha256}</code>
      </p>
      <article lang="en" className="card">
        <Markdown text={card} topLevel={3} />
      </article>
    </>
  );
}
