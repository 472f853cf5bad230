import { Button, NativeSelect, Popover, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../Icon";
import classes from "./Filters.module.css";
import type { Filter } from "./definition";
import { useView } from "./view";

/** The filters of a list: those that are set, each as a chip, and how to set another. */
export function Filters({ filters }: { filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { view, show } = useView();
  if (filters.length === 0) return null;
  const set = (id: string, value: string | undefined) => show({ filters: { ...view.filters, [id]: value } });
  const active = filters.filter(({ id }) => view.filters[id] !== undefined);
  return (
    <>
      {active.map((filter) => (
        <button
          key={filter.id}
          type="button"
          className={classes.chip}
          // What is seen is part of what is said: who speaks to the page says what they see.
          aria-label={t("list.removeFilter", { name: `${filter.title}: ${labelOf(filter, view.filters[filter.id] ?? "")}` })}
          onClick={() => set(filter.id, undefined)}
        >
          {filter.title}: {labelOf(filter, view.filters[filter.id] ?? "")} <Icon name="close" size={14} />
        </button>
      ))}
      <AddFilter filters={filters.filter((filter) => !active.includes(filter))} onSet={set} />
    </>
  );
}

function AddFilter({ filters, onSet }: { filters: readonly Filter[]; onSet: (id: string, value: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [id, setId] = useState("");
  const [value, setValue] = useState("");
  const filter = filters.find((known) => known.id === id) ?? filters[0];
  if (filter === undefined) return null;
  const { choices } = filter;
  const first = choices?.[0]?.value ?? "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = value === "" ? first : value;
    if (wanted !== "") onSet(filter.id, wanted);
    setOpen(false);
    setValue("");
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(!isOpen)}>
          {t("list.addFilter")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <NativeSelect
              label={t("list.filterBy")}
              value={filter.id}
              onChange={(event) => {
                setId(event.currentTarget.value);
                setValue("");
              }}
              data={filters.map(({ id, title }) => ({ value: id, label: title }))}
            />
            {choices === undefined ? (
              <TextInput
                label={filter.title}
                value={value}
                onChange={(event) => setValue(event.currentTarget.value)}
              />
            ) : (
              <NativeSelect
                label={filter.title}
                value={value === "" ? first : value}
                onChange={(event) => setValue(event.currentTarget.value)}
                data={[...choices]}
              />
            )}
            <Button type="submit">{t("list.filter")}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function labelOf({ choices }: Filter, value: string): string {
  return choices?.find((choice) => choice.value === value)?.label ?? value;
}
