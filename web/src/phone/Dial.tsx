import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { Keypad } from "./Keypad";
import classes from "./Phone.module.css";
import type { Phone } from "./phone";
import { type Holder, peopleQuery } from "./queries";
import { dialable } from "./target";

const PAUSE_MILLIS = 150;

type Found = { id: string; display_name: string; extension: string };

/** People whom what was typed finds. */
export function useFound(holder: Holder, typed: string): Found[] {
  const [text] = useDebouncedValue(typed.trim(), PAUSE_MILLIS);
  const { data } = useQuery({
    ...peopleQuery(holder, text),
    enabled: text !== "",
    placeholderData: (before) => (text === "" ? undefined : before),
  });
  return text === "" ? [] : (data ?? []);
}

/** Calls a number, or somebody by name. */
export function Dial({ phone, holder, isReady }: { phone: Phone; holder: Holder; isReady: boolean }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const found = useFound(holder, typed);
  const number = dialable(typed);
  const call = (target: string, name?: string) => {
    setTyped("");
    void phone.call(target, name);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const [first] = found;
    if (number !== undefined) call(number, found.find(({ extension }) => extension === number)?.display_name);
    else if (first !== undefined) call(first.extension, first.display_name);
  };
  const mayCall = isReady && (number !== undefined || found.length > 0);
  return (
    <form onSubmit={onSubmit} className={classes.dial}>
      <div className={classes.row}>
        <TextInput
          className={classes.grow}
          label={t("phone.dial.label")}
          description={t("phone.dial.hint")}
          value={typed}
          onChange={({ currentTarget: { value } }) => setTyped(value)}
          autoComplete="off"
          inputMode="tel"
        />
        <Button type="submit" disabled={!mayCall} leftSection={<Icon name="phone" />}>
          {t("phone.dial.call")}
        </Button>
      </div>
      {found.length > 0 && (
        <ul className={classes.found} aria-label={t("phone.dial.found")}>
          {found.map(({ id, display_name: name, extension }) => (
            <li key={id}>
              <button type="button" className={classes.choice} disabled={!isReady} onClick={() => call(extension, name)}>
                <strong>{name}</strong> {extension}
              </button>
            </li>
          ))}
        </ul>
      )}
      <Keypad label={t("phone.keypad")} onPress={(digit) => setTyped((before) => before + digit)} />
    </form>
  );
}
