import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PersonSelect } from "./PersonSelect";
import classes from "./PeopleField.module.css";
import type { Chosen } from "./people";

type PeopleFieldProps = {
  label: string;
  value: readonly Chosen[];
  onChange: (people: Chosen[]) => void;
  /** Their order says nothing. */
  isSet?: boolean;
};

/** Chooses people, in an order that counts, unless it is said that it does not. */
export function PeopleField({ label, value, onChange, isSet = false }: PeopleFieldProps) {
  const { t } = useTranslation();
  const up = (place: number) => {
    const next = [...value];
    const [one] = next.splice(place, 1);
    if (one) next.splice(place - 1, 0, one);
    onChange(next);
  };
  return (
    <Stack gap="xs">
      <PersonSelect
        // Whoever is added leaves an empty field for the next.
        key={value.length}
        label={label}
        value=""
        onChange={(person) => {
          if (person === undefined || value.some(({ id }) => id === person.id)) return;
          onChange([...value, person]);
        }}
      />
      <ol className={classes.people}>
        {value.map((person, place) => (
          <li key={person.id}>
            <Group justify="space-between">
              <Text size="sm">{person.label}</Text>
              <Group gap="xs">
                {!isSet && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    disabled={place === 0}
                    aria-label={t("choice.up", { name: person.label })}
                    onClick={() => up(place)}
                  >
                    ↑
                  </Button>
                )}
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t("choice.remove", { name: person.label })}
                  onClick={() => onChange(value.filter(({ id }) => id !== person.id))}
                >
                  ✕
                </Button>
              </Group>
            </Group>
          </li>
        ))}
      </ol>
    </Stack>
  );
}
