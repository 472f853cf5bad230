import { Button, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Tagged } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { Page } from "../Page";
import { SidePanel } from "../SidePanel";
import { DeleteButton } from "../form/DeleteButton";
import { EditForm } from "../form/EditForm";
import { Loaded } from "../form/Loaded";
import { type Draft, useDraft } from "../form/draft";
import { List } from "../list/List";
import type { ListDefinition } from "../list/definition";
import { useView } from "../list/view";

/** What people read on the page of a kind of object. */
export type NounWords = {
  title: string;
  one: string;
  add: string;
  empty: string;
  remove: string;
  /** What deleting one does to calls. */
  removeEffect: string;
};

/** What is typed of an object, with what is wrong with a field of it. */
export type Fields<D> = Pick<Draft<D>, "draft" | "edit"> & { ofField: (field: string) => string | undefined };

/** A kind of object that is listed, made, changed and deleted. `T` is what the API shows, `D` what is typed. */
export type Noun<T, D extends object> = {
  words: NounWords;
  definition: ListDefinition<T>;
  mayWrite: boolean;
  read: (id: string) => Promise<Tagged<T>>;
  /** What is typed, of what is there; of nothing, for what is new. */
  draftOf: (value: T | undefined) => D;
  create?: (draft: D) => Promise<unknown>;
  save?: (value: T, draft: D, tag: string | undefined) => Promise<unknown>;
  remove?: (value: T) => Promise<unknown>;
  /** Whether one can be changed at all; some are built in. */
  isFixed?: (value: T) => boolean;
  /** Whether one can be changed, but not deleted. */
  isKept?: (value: T) => boolean;
  fields: (part: Fields<D>, value: T | undefined) => ReactNode;
  /** Names of fields that show themselves what is wrong with them. */
  names?: readonly string[];
  /** What stands under the form of one that is there, and how it is read again. */
  below?: (value: T, reload: () => void) => ReactNode;
  /** What stands over the list. */
  above?: ReactNode;
};

/** The page of a kind of object. */
export function NounPage<T, D extends object>({ noun }: { noun: Noun<T, D> }) {
  const { view, show } = useView();
  const { words, definition, mayWrite, create, remove, isFixed, isKept, above } = noun;
  const { tenant } = definition;
  const close = () => show({ open: "" });
  const add = mayWrite && create !== undefined && <Button onClick={() => show({ open: "new" })}>{words.add}</Button>;
  return (
    <Page title={words.title} actions={add}>
      {above}
      <List<T>
        definition={definition}
        remove={
          mayWrite &&
          remove && {
            act: (row: T) => (isFixed?.(row) === true || isKept?.(row) === true ? Promise.resolve() : remove(row)),
            effect: words.removeEffect,
            onDone: () => outdate(tenant, new Set(definition.nouns)),
          }
        }
        empty={
          <>
            <p>{words.empty}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && create !== undefined && (
        <SidePanel title={words.add} onClose={close}>
          <New noun={noun} create={create} onDone={close} />
        </SidePanel>
      )}
      {view.open !== "" && view.open !== "new" && (
        <SidePanel title={words.one} onClose={close}>
          <Loaded queryKey={keyOf(tenant, definition.name, view.open)} load={() => noun.read(view.open)}>
            {(read, reload) => <Existing noun={noun} read={read} reload={reload} onClose={close} />}
          </Loaded>
        </SidePanel>
      )}
    </Page>
  );
}

type NewProps<T, D extends object> = { noun: Noun<T, D>; create: (draft: D) => Promise<unknown>; onDone: () => void };

function New<T, D extends object>({ noun, create, onDone }: NewProps<T, D>) {
  const { tenant } = noun.definition;
  const part = useDraft<D>(() => noun.draftOf(undefined));
  const saved = () => {
    outdate(tenant, new Set(noun.definition.nouns));
    onDone();
  };
  return (
    <EditForm save={() => create(part.draft)} onSaved={saved} submit={noun.words.add} fields={noun.names ?? []}>
      {(ofField) => <div className="fields">{noun.fields({ ...part, ofField }, undefined)}</div>}
    </EditForm>
  );
}

type ExistingProps<T, D extends object> = { noun: Noun<T, D>; read: Tagged<T>; reload: () => void; onClose: () => void };

function Existing<T, D extends object>({ noun, read: { value, tag }, reload, onClose }: ExistingProps<T, D>) {
  const { t } = useTranslation();
  const { tenant } = noun.definition;
  const part = useDraft<D>(() => noun.draftOf(value));
  const { save, remove, words, definition, mayWrite } = noun;
  const isFixed = !mayWrite || noun.isFixed?.(value) === true || save === undefined;
  const changed = () => outdate(tenant, new Set(definition.nouns));
  const form = (ofField: (field: string) => string | undefined) => (
    <fieldset className="plain" disabled={isFixed}>
      {noun.fields({ ...part, ofField }, value)}
    </fieldset>
  );
  return (
    <Stack gap="lg">
      {isFixed ? (
        form(() => undefined)
      ) : (
        <EditForm
          tag={tag}
          save={(known) => save(value, part.draft, known)}
          onSaved={() => {
            changed();
            reload();
          }}
          onTheirs={reload}
          submit={t("form.save")}
          fields={noun.names ?? []}
        >
          {form}
        </EditForm>
      )}
      {noun.below?.(value, reload)}
      {mayWrite && remove !== undefined && noun.isFixed?.(value) !== true && noun.isKept?.(value) !== true && (
        <DeleteButton
          label={words.remove}
          effect={words.removeEffect}
          act={() => remove(value)}
          onDone={() => {
            changed();
            onClose();
          }}
        />
      )}
    </Stack>
  );
}
