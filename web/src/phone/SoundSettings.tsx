import { Button, NativeSelect } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Phone.module.css";
import { type Failure, microphoneFailure } from "./failure";
import type { Phone } from "./phone";
import { type Choice, type Devices, devices, meter, openMicrophone } from "./sound";

/** How loud a microphone must be to be said to work: a voice in the room, not its noise. */
const HEARD_LEVEL = 0.45;

type Test = { is: "off" } | { is: "listening"; level: number; heard: boolean } | { is: "failed"; why: Failure };

/** Which microphone and loudspeaker, and whether the microphone hears anything. */
export function SoundSettings({ phone, choice }: { phone: Phone; choice: Choice }) {
  const { t } = useTranslation();
  const [known, setKnown] = useState<Devices>({ microphones: [], speakers: [] });
  const [isTesting, setTesting] = useState(false);
  const [test, setTest] = useState<Test>({ is: "off" });
  const look = useCallback(() => void devices().then(setKnown, () => undefined), []);
  useEffect(() => {
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, [look]);
  const { microphone } = choice;
  useEffect(() => {
    if (!isTesting) return;
    let stop = () => undefined as void;
    let isOver = false;
    openMicrophone({ microphone }).then(
      (stream) => {
        const end = () => {
          for (const track of stream.getTracks()) track.stop();
        };
        if (isOver) return end();
        const metering = meter(stream, (level) =>
          setTest((before) => ({ is: "listening", level, heard: level >= HEARD_LEVEL || (before.is === "listening" && before.heard) })),
        );
        stop = () => {
          metering.stop();
          end();
        };
        setTest({ is: "listening", level: 0, heard: false });
        // Once the microphone is allowed, devices have names.
        look();
      },
      (error: unknown) => {
        setTesting(false);
        setTest({ is: "failed", why: microphoneFailure(error) });
      },
    );
    return () => {
      isOver = true;
      stop();
      setTest((before) => (before.is === "listening" ? { is: "off" } : before));
    };
  }, [isTesting, microphone, look]);
  const options = (found: readonly MediaDeviceInfo[]) => [
    { value: "", label: t("phone.sound.usual") },
    ...found.map(({ deviceId, label }, place) => ({ value: deviceId, label: label || t("phone.sound.numbered", { number: place + 1 }) })),
  ];
  const mayNotify = "Notification" in window && Notification.permission === "default";
  return (
    <section className={classes.card} aria-labelledby="phone-sound">
      <h2 id="phone-sound" className={classes.subtitle}>
        {t("phone.sound.title")}
      </h2>
      <NativeSelect
        label={t("phone.sound.microphone")}
        data={options(known.microphones)}
        value={choice.microphone}
        onChange={({ currentTarget: { value } }) => void phone.choose({ ...choice, microphone: value })}
      />
      <NativeSelect
        label={t("phone.sound.speaker")}
        data={options(known.speakers)}
        value={choice.speaker}
        onChange={({ currentTarget: { value } }) => void phone.choose({ ...choice, speaker: value })}
      />
      <div className={classes.buttons}>
        <Button size="xs" variant="default" aria-pressed={isTesting} onClick={() => setTesting(!isTesting)}>
          {isTesting ? t("phone.sound.stop") : t("phone.sound.test")}
        </Button>
        {mayNotify && (
          <Button size="xs" variant="default" onClick={() => void Notification.requestPermission()}>
            {t("phone.sound.notify")}
          </Button>
        )}
      </div>
      {test.is === "listening" && (
        <>
          <meter className={classes.meter} aria-label={t("phone.sound.level")} min={0} max={1} value={test.level} />
          <p className={classes.words} role="status">
            {test.heard ? t("phone.sound.heard") : t("phone.sound.speak")}
          </p>
        </>
      )}
      {test.is === "failed" && (
        <p className={classes.failure} role="alert">
          {t(`phone.failure.${test.why}`)}
        </p>
      )}
    </section>
  );
}
