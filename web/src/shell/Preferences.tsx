import { ActionIcon, NativeSelect, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LANGUAGES, chooseLanguage, isLanguage } from "../messages/start";
import { Icon } from "../ui/Icon";
import classes from "./Preferences.module.css";

/** The language, and light or dark. Both stay in this browser. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme({
    // Stopping transitions for a moment would write a style into the page, which its policy forbids.
    keepTransitions: true,
  });
  const shown = useComputedColorScheme("light");
  const other = shown === "light" ? "dark" : "light";
  return (
    <div className={classes.row}>
      <NativeSelect
        size="xs"
        aria-label={t("shell.language")}
        value={i18n.language}
        onChange={({ currentTarget: { value } }) => isLanguage(value) && void chooseLanguage(value)}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      />
      <ActionIcon variant="subtle" size="lg" aria-label={t(`shell.${other}`)} onClick={() => setColorScheme(other)}>
        <Icon name={other === "dark" ? "moon" : "sun"} />
      </ActionIcon>
    </div>
  );
}
