import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFound } from "./Dial";
import classes from "./Phone.module.css";
import type { ShownCall } from "./call";
import type { Phone } from "./phone";
import type { Holder } from "./queries";
import { dialable } from "./target";

type TransferProps = { phone: Phone; call: ShownCall; others: readonly ShownCall[]; holder: Holder };

/** Hands a call over: at once, after a word with whom it goes to, or to whom another call is with. */
export function Transfer({ phone, call, others, holder }: TransferProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const found = useFound(holder, typed);
  const number = dialable(typed);
  const target = number ?? found[0]?.extension;
  const name = found.find(({ extension }) => extension === target)?.display_name;
  const joinable = others.filter(({ state }) => state === "talking");
  return (
    <div className={classes.transfer} role="group" aria-label={t("phone.transfer.title")}>
      {joinable.map((other) => (
        <Button key={other.id} onClick={() => phone.join(call.id, other.id)}>
          {t("phone.transfer.join", { who: other.name || other.number })}
        </Button>
      ))}
      <TextInput
        label={t("phone.transfer.to")}
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
        autoComplete="off"
        list={`to-${call.id}`}
      />
      <datalist id={`to-${call.id}`}>
        {found.map(({ id, display_name: shown, extension }) => (
          <option key={id} value={extension}>
            {shown}
          </option>
        ))}
      </datalist>
      <div className={classes.buttons}>
        <Button
          disabled={target === undefined || call.transfer === "asked"}
          onClick={() => target !== undefined && phone.transfer(call.id, target)}
        >
          {name === undefined ? t("phone.transfer.now") : t("phone.transfer.nowTo", { who: name })}
        </Button>
        <Button variant="default" disabled={target === undefined} onClick={() => target !== undefined && void phone.call(target, name)}>
          {t("phone.transfer.ask")}
        </Button>
      </div>
    </div>
  );
}
