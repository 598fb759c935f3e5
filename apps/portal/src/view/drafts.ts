/**
 * What was typed and is not saved, as long as the page is not loaded anew: a link by mistake and Back lose nothing, and the
 * browser asks before it closes or reloads. In memory alone: browsers write their storages to disk, a clinic's computers are
 * shared, and signing in and out loads the page anew.
 */

/** By name of the field. */
export type Values = Readonly<Record<string, string>>;

/** What fields were filled from. */
export interface Base {
  readonly values: Values;
  /** Of the record; null: there is none yet. */
  readonly updatedAt: Date | string | null;
}

export interface Draft {
  readonly values: Values;
  readonly base: Base;
}

const drafts = new Map<string, Draft>();

export function draftOf(name: string | undefined): Draft | undefined {
  return name === undefined ? undefined : drafts.get(name);
}

/** Forgets it where nothing differs from what the fields were filled from. */
export function keepDraft(name: string, draft: Draft): void {
  if (sameValues(draft.values, draft.base.values)) drafts.delete(name);
  else drafts.set(name, draft);
  askBeforeClosing();
}

/** How the names of drafts begin that go when the patient is deleted. */
export function draftsOfPatient(id: string): string {
  return `/patients/${id}`;
}

/** Of what goes when the visit is deleted, or its patient. */
export function draftsOfVisit(visit: { readonly id: string; readonly patientId: string }): string {
  return `${draftsOfPatient(visit.patientId)}/visits/${visit.id}`;
}

/** @param part of the names: a whole one, or the id of a record that was deleted */
export function forgetDrafts(part: string): void {
  for (const name of drafts.keys()) if (name.includes(part)) drafts.delete(name);
  askBeforeClosing();
}

export function areThereDrafts(): boolean {
  return drafts.size > 0;
}

function askBeforeClosing(): void {
  if (drafts.size === 0) removeEventListener('beforeunload', ask);
  else addEventListener('beforeunload', ask);
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

type Typed = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Of fields with a name that hold text or a choice from a list; passwords are nobody's to keep. */
export function typedFields(form: HTMLFormElement): Typed[] {
  return [...form.elements].filter(
    (field): field is Typed =>
      (field instanceof HTMLTextAreaElement ||
        field instanceof HTMLSelectElement ||
        (field instanceof HTMLInputElement && !['password', 'radio', 'checkbox'].includes(field.type))) &&
      field.name !== '',
  );
}

export function typedValues(form: HTMLFormElement): Values {
  return Object.fromEntries(typedFields(form).map(({ name, value }) => [name, value]));
}

export function sameValues(some: Values, others: Values): boolean {
  return Object.entries(some).every(([name, value]) => isSameText(value, others[name] ?? ''));
}

/** A text area has line ends of its own. */
export function isSameText(one: string, other: string): boolean {
  return one.replaceAll(/\r\n?/g, '\n') === other.replaceAll(/\r\n?/g, '\n');
}
