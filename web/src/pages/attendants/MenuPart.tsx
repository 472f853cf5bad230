import { Button, NativeSelect, Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PromptField } from "../../choices/PromptField";
import { TargetField } from "../../choices/TargetField";
import classes from "./MenuPart.module.css";
import { ACTIONS, AUTOMATIC, KEYS, NO_OPTION, type OptionDraft, freeKey } from "./draft";
import type { PartProps } from "./parts";

/** What callers can choose, or where they go on at once. */
export function MenuPart({ draft, edit }: PartProps) {
  const { t } = useTranslation();
  const automatic = draft.options.find(({ key }) => key === AUTOMATIC);
  const set = (option: OptionDraft, next: OptionDraft | undefined) =>
    edit({ options: draft.options.flatMap((other) => (other === option ? (next ?? []) : other)) });
  const goOn = (goesOn: boolean) => {
    const isNew = goesOn && automatic === undefined;
    edit({ goesOn, options: isNew ? [...draft.options, { ...NO_OPTION, key: AUTOMATIC }] : draft.options });
  };
  const key = freeKey(draft.options);
  return (
    <Stack>
      <Radio.Group
        label={t("attendants.after")}
        value={draft.goesOn ? "on" : "menu"}
        onChange={(chosen) => goOn(chosen === "on")}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="menu" label={t("attendants.offersMenu")} />
          <Radio value="on" label={t("attendants.goesOn")} />
        </Stack>
      </Radio.Group>
      {draft.goesOn && automatic && <ActionField option={automatic} onChange={(next) => set(automatic, next)} />}
      {!draft.goesOn && (
        <>
          <PromptField
            label={t("attendants.menu")}
            description={t("attendants.menuHint")}
            value={draft.menu}
            onChange={(menu) => edit({ menu })}
          />
          {draft.options.map((option) =>
            option.key === AUTOMATIC ? null : (
              <Option
                key={option.key}
                option={option}
                taken={draft.options.map((other) => other.key)}
                onChange={(next) => set(option, next)}
              />
            ),
          )}
          <Button
            variant="default"
            w="fit-content"
            disabled={key === undefined}
            onClick={() => key !== undefined && edit({ options: [...draft.options, { ...NO_OPTION, key }] })}
          >
            {t("attendants.addKey")}
          </Button>
        </>
      )}
    </Stack>
  );
}

type OptionProps = {
  option: OptionDraft;
  taken: readonly string[];
  onChange: (option: OptionDraft | undefined) => void;
};

function Option({ option, taken, onChange }: OptionProps) {
  const { t } = useTranslation();
  const keys = KEYS.filter((key) => key === option.key || !taken.includes(key));
  return (
    <fieldset className={classes.option}>
      <legend>{t("attendants.key", { key: option.key })}</legend>
      <Stack gap="xs">
        <NativeSelect
          label={t("attendants.keyLabel")}
          value={option.key}
          onChange={(event) => onChange({ ...option, key: event.currentTarget.value })}
          data={[...keys]}
        />
        <ActionField option={option} onChange={onChange} />
        <Button size="xs" variant="default" w="fit-content" onClick={() => onChange(undefined)}>
          {t("attendants.removeKey", { key: option.key })}
        </Button>
      </Stack>
    </fieldset>
  );
}

function ActionField({ option, onChange }: { option: OptionDraft; onChange: (option: OptionDraft) => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t("attendants.action")}
        value={option.kind}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...option, kind: ACTIONS.find((kind) => kind === value) ?? option.kind })
        }
        data={ACTIONS.map((kind) => ({ value: kind, label: t(`attendants.actions.${kind}`) }))}
      />
      {option.kind === "transfer" && (
        <TargetField
          label={t("exit.where")}
          value={option.target}
          onChange={(target) => onChange({ ...option, target })}
        />
      )}
      {option.kind === "announcement" && (
        <PromptField
          label={t("attendants.announcement")}
          required
          value={option.prompt}
          onChange={(prompt) => onChange({ ...option, prompt })}
        />
      )}
    </Stack>
  );
}
