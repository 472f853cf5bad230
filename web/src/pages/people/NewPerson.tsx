import { Alert, Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CreatedUser } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { PlanSelect } from "../../choices/PlanSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

const EMPTY = { display_name: "", extension: "", email: "", plans: new Array<string>() };

/** Makes a person, with licenses if some are chosen, and shows the password of their phones once. */
export function NewPerson({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit, reset } = useDraft(EMPTY);
  const [made, setMade] = useState<CreatedUser>();
  const save = async () => {
    const { display_name, extension, email, plans } = draft;
    const body = { display_name, extension, email: email === "" ? undefined : email };
    // Whoever was made stays made if only the licenses are refused: then only those are asked for again.
    const person = made ?? (await answer(api.POST("/api/v1/tenants/{tenant}/users", { params: { path: { tenant } }, body })));
    setMade(person);
    if (plans.length > 0) {
      const licenses = { plans, users: [person.id] };
      await answer(api.POST("/api/v1/tenants/{tenant}/licenses/assign", { params: { path: { tenant } }, body: licenses }));
      edit({ plans: [] });
    }
    outdate(tenant, new Set(["user", "license"]));
  };
  return (
    <Stack>
      {made && (
        <Alert color="green" variant="outline" title={t("people.made", { name: made.display_name })}>
          <Text size="sm">{t("people.password")}</Text>
          <Code block>{made.password}</Code>
          <Button
            mt="xs"
            size="xs"
            variant="default"
            onClick={() => {
              setMade(undefined);
              reset(EMPTY);
            }}
          >
            {t("people.another")}
          </Button>{" "}
          <Button mt="xs" size="xs" onClick={onDone}>
            {t("close")}
          </Button>
        </Alert>
      )}
      {(made === undefined || draft.plans.length > 0) && (
        <EditForm save={save} submit={t("people.add")} fields={["display_name", "extension", "email"]}>
          {(ofField) => (
            <>
              <TextInput
                label={t("people.name")}
                required
                disabled={made !== undefined}
                value={draft.display_name}
                error={ofField("display_name")}
                onChange={(event) => edit({ display_name: event.currentTarget.value })}
              />
              <TextInput
                label={t("people.extension")}
                description={t("people.extensionHint")}
                required
                inputMode="numeric"
                disabled={made !== undefined}
                value={draft.extension}
                error={ofField("extension")}
                onChange={(event) => edit({ extension: event.currentTarget.value })}
              />
              <TextInput
                label={t("people.email")}
                type="email"
                disabled={made !== undefined}
                value={draft.email}
                error={ofField("email")}
                onChange={(event) => edit({ email: event.currentTarget.value })}
              />
              {may("licenses.write") && (
                <PlanSelect label={t("people.licenses")} value={draft.plans} onChange={(plans) => edit({ plans })} />
              )}
            </>
          )}
        </EditForm>
      )}
    </Stack>
  );
}
