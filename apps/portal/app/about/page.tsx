import { currentText } from '../../src/page-access.ts';

export default async function Page() {
  const { text } = await currentText();
  return (
    <div className="narrow">
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
    </div>
  );
}
