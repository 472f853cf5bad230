import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keyOf } from "../api/queries";
import { useTenant } from "../session/tenant";
import { type Chosen, labelOf, peopleOf } from "./people";

/** As many as somebody looks through before typing more of a name. */
const SHOWN_MAX = 30;
const PAUSE_MILLIS = 200;

type PersonSelectProps = {
  label: string;
  /** Id of who is chosen. */
  value: string;
  onChange: (person: Chosen | undefined) => void;
  required?: boolean;
  /** Among what is open over the page, and closes with a click beside it. */
  isInPopover?: boolean;
};

/** Chooses a person by name or extension, of however many there are. */
export function PersonSelect({ label, value, onChange, required, isInPopover }: PersonSelectProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed, PAUSE_MILLIS);
  const { data: found = [] } = useQuery({
    queryKey: keyOf(tenant, "people-choice", text),
    queryFn: () => search(tenant, text),
    placeholderData: (before) => before,
  });
  const isFound = found.some(({ id }) => id === value);
  // Who was chosen before need not be among those who are found.
  const { data: known = [] } = useQuery({
    queryKey: keyOf(tenant, "person-name", value),
    queryFn: () => peopleOf(tenant, [value]),
    enabled: value !== "" && !isFound,
  });
  const people = isFound || value === "" ? found : [...known, ...found];
  return (
    <Select
      label={label}
      required={required}
      searchable
      comboboxProps={{ withinPortal: isInPopover !== true }}
      clearable={required !== true}
      clearButtonProps={{ "aria-label": t("clear") }}
      nothingFoundMessage={t("choice.nobody")}
      value={value === "" ? null : value}
      onChange={(id) => onChange(people.find((person) => person.id === id))}
      onSearchChange={setTyped}
      data={people.map((person) => ({ value: person.id, label: person.label }))}
      // The API has searched already.
      filter={({ options }) => options}
    />
  );
}

/** People whom a text finds; the label of who was chosen finds them. */
async function search(tenant: string, text: string): Promise<Chosen[]> {
  const name = text.replace(/ \([^)]*\)$/, "").trim();
  const wanted = /^\d+$/.test(name) ? { extension: name } : name === "" ? {} : { display_name: name };
  const params = { path: { tenant }, query: { ...wanted, limit: SHOWN_MAX } };
  const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/users", { params }));
  return items.map(({ id, display_name, extension }) => ({ id, label: labelOf(display_name, extension) }));
}
