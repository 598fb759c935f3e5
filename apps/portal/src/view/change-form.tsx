'use client';
/**
 * Changes a record that others may change meanwhile: then both values are shown of what differs, and whoever came second
 * chooses.
 */
import { useRouter } from 'next/navigation';
import { type ReactNode, useId, useState } from 'react';
import { ask, type Reply } from './api-client.ts';
import {
  type Base,
  draftOf,
  forgetDrafts,
  isSameText,
  keepDraft,
  typedFields,
  typedValues,
} from './drafts.ts';
import { Form } from './form.tsx';
import { useText } from './text-context.tsx';

export interface ChangedField {
  readonly name: string;
  readonly label: string;
  /** A value as people read it; default: as it is. */
  readonly shown?: (value: string) => string;
}

/** A field that somebody else saved another value of. */
interface Difference {
  readonly field: ChangedField;
  readonly saved: string;
  /** Null: it had not been touched here, and shows what was saved. */
  readonly own: string | null;
}

interface Merged {
  /** Tells one from the one after it. */
  readonly savedAt: string;
  readonly differences: readonly Difference[];
}

export function ChangeForm<Answer>({
  path,
  draft,
  record,
  fields,
  read,
  body,
  fill = fillIn,
  children,
}: {
  /** Of the record; read and changed. */
  path: string;
  draft: string;
  /** As the page shows it. */
  record: Base;
  fields: readonly ChangedField[];
  /** The record in what its path answers. */
  read: (answer: Answer) => Base;
  body: (values: FormData) => object;
  /** Of fields that are held elsewhere than in the form. */
  fill?: (form: HTMLFormElement, name: string, value: string) => void;
  children: ReactNode;
}) {
  const text = useText();
  const router = useRouter();
  const [base, setBase] = useState<Base>(() => draftOf(draft)?.base ?? record);
  const [merged, setMerged] = useState<Merged | null>(null);

  const takeIn = (form: HTMLFormElement, newest: Base) => {
    const differences = fields.flatMap((field): Difference[] => {
      const [before, saved, own] = [base.values, newest.values, typedValues(form)].map(
        values => values[field.name] ?? '',
      ) as [string, string, string];
      if (isSameText(saved, before) || isSameText(saved, own)) return [];
      if (!isSameText(own, before)) return [{ field, saved, own }];
      fill(form, field.name, saved);
      return [{ field, saved, own: null }];
    });
    keepDraft(draft, { values: typedValues(form), base: newest });
    setBase(newest);
    setMerged({ savedAt: String(newest.updatedAt), differences });
    router.refresh();
  };
  return (
    <Form<Base>
      button={text.save}
      doneText={text.saved}
      draft={draft}
      base={base}
      onDiscard={form => {
        // What the page shows may not have followed yet.
        const newest = timeOf(record) > timeOf(base) ? record : base;
        setBase(newest);
        setMerged(null);
        for (const [name, value] of Object.entries(newest.values)) fill(form, name, value);
        forgetDrafts(draft);
      }}
      send={async (values, form): Promise<Reply<Base>> => {
        const sent = typedValues(form);
        const reply = await ask<{ updatedAt: string }>('PUT', path, {
          ...body(values),
          basedOn: base.updatedAt,
        });
        if (reply.ok) return { ok: true, value: { values: sent, updatedAt: reply.value.updatedAt } };
        if (reply.refusal.code !== 'changed-meanwhile') return reply;
        const newest = await ask<Answer>('GET', path);
        if (!newest.ok) return newest;
        takeIn(form, read(newest.value));
        return { ok: false, refusal: { code: '', message: text.changedMeanwhile.title } };
      }}
      onDone={(saved, form) => {
        setBase(saved);
        setMerged(null);
        // What was typed while the answer was under way is not saved.
        keepDraft(draft, { values: typedValues(form), base: saved });
        router.refresh();
      }}
    >
      {children}
      {merged !== null && <Differences key={merged.savedAt} differences={merged.differences} fill={fill} />}
    </Form>
  );
}

function timeOf({ updatedAt }: Base): number {
  return new Date(updatedAt ?? 0).getTime();
}

function fillIn(form: HTMLFormElement, name: string, value: string): void {
  const field = typedFields(form).find(each => each.name === name);
  if (field === undefined) return;
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true })); // The draft follows.
}

function Differences({ differences, fill }: { differences: readonly Difference[]; fill: typeof fillIn }) {
  const text = useText();
  const id = useId();
  const shown = ({ field }: Difference, value: string) =>
    value === '' ? text.notSaid : (field.shown?.(value) ?? value);
  return (
    <div className="differences">
      <p>{text.changedMeanwhile.explained}</p>
      {differences.map(each =>
        each.own === null ? (
          <p key={each.field.name}>
            {each.field.label}: {text.changedMeanwhile.taken}{' '}
            <q className="notes">{shown(each, each.saved)}</q>
          </p>
        ) : (
          <fieldset key={each.field.name}>
            <legend>{each.field.label}</legend>
            {([true, false] as const).map(isOwn => {
              const value = isOwn ? each.own! : each.saved;
              return (
                <label key={String(isOwn)}>
                  <input
                    type="radio"
                    name={`${id}${each.field.name}`}
                    defaultChecked={isOwn}
                    onChange={event => fill(event.currentTarget.form!, each.field.name, value)}
                  />{' '}
                  <span>
                    {isOwn ? text.changedMeanwhile.own : text.changedMeanwhile.saved}{' '}
                    <q className="notes">{shown(each, value)}</q>
                  </span>
                </label>
              );
            })}
          </fieldset>
        ),
      )}
    </div>
  );
}
