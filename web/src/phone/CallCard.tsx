import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sentence } from "../format/sentence";
import { useNow } from "../pages/live/clock";
import { Keypad } from "./Keypad";
import classes from "./Phone.module.css";
import { Transfer } from "./Transfer";
import type { ShownCall } from "./call";
import type { Phone } from "./phone";
import type { Holder } from "./queries";
import { clock } from "./target";

type CallCardProps = { phone: Phone; call: ShownCall; others: readonly ShownCall[]; holder: Holder };
type Opened = "nothing" | "keypad" | "transfer";

/** One call, with what can be done with it. */
export function CallCard({ phone, call, others, holder }: CallCardProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<Opened>("nothing");
  const who = call.name === "" ? call.number : call.name;
  const isTalking = call.state === "talking";
  const toggle = (wanted: Opened) => setOpened(opened === wanted ? "nothing" : wanted);
  return (
    <article className={classes.call} aria-label={t("phone.callWith", { who })}>
      <div className={classes.head}>
        <h2 className={classes.who}>
          {who}
          {call.name !== "" && <span className={classes.quiet}> {call.number}</span>}
        </h2>
        <Standing call={call} />
      </div>
      {call.failure !== undefined && (
        <p role="alert" className={classes.failure}>
          {t(`phone.failure.${call.failure}`)}
          {call.words !== undefined && <span className={classes.quiet}> {sentence(call.words)}</span>}
        </p>
      )}
      {call.isInterrupted && <p role="alert">{t("phone.interrupted")}</p>}
      {call.transfer === "refused" && <p role="alert">{t("phone.transfer.refused")}</p>}
      <div className={classes.buttons}>
        {call.state === "incoming" && (
          <Button color="#1f7a36" onClick={() => void phone.answer(call.id)}>
            {t("phone.answer")}
          </Button>
        )}
        {call.state === "incoming" && (
          <Button color="red" onClick={() => phone.hangUp(call.id)}>
            {t("phone.decline")}
          </Button>
        )}
        {isTalking && (
          <>
            <Button variant="default" aria-pressed={call.isMuted} onClick={() => phone.mute(call.id, !call.isMuted)}>
              {call.isMuted ? t("phone.unmute") : t("phone.mute")}
            </Button>
            <Button
              variant="default"
              aria-pressed={call.isHeld}
              onClick={() => (call.isHeld ? phone.retrieve(call.id) : phone.hold(call.id))}
            >
              {call.isHeld ? t("phone.retrieve") : t("phone.hold")}
            </Button>
            <Button variant="default" aria-expanded={opened === "keypad"} onClick={() => toggle("keypad")}>
              {t("phone.keypad")}
            </Button>
            <Button variant="default" aria-expanded={opened === "transfer"} onClick={() => toggle("transfer")}>
              {t("phone.transfer.title")}
            </Button>
          </>
        )}
        {call.state === "ended" ? (
          <Button variant="default" onClick={() => phone.dismiss(call.id)}>
            {t("close")}
          </Button>
        ) : (
          call.state !== "incoming" && (
            <Button color="red" onClick={() => phone.hangUp(call.id)}>
              {t("phone.hangUp")}
            </Button>
          )
        )}
      </div>
      {isTalking && opened === "keypad" && (
        <Keypad label={t("phone.keypadOf", { who })} onPress={(digit) => phone.press(call.id, digit)} />
      )}
      {isTalking && opened === "transfer" && <Transfer phone={phone} call={call} others={others} holder={holder} />}
    </article>
  );
}

function Standing({ call }: { call: ShownCall }) {
  const { t } = useTranslation();
  const now = useNow();
  const standing = call.isHeld ? "held" : call.isHeldThere ? "heldThere" : call.state;
  return (
    <span className={classes.standing}>
      {t(`phone.state.${standing}`)}
      {call.answeredAt !== undefined && call.state !== "ended" && (
        <span aria-hidden="true"> {clock((now - call.answeredAt) / 1_000)}</span>
      )}
    </span>
  );
}
